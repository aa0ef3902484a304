"""For optimisers that keep their own history of one metric: a trial that failed is told as the worst seen, as soon as one was, so that the next suggestions go elsewhere."""


class Worst:
    def __init__(self, give):
        """`give(number, loss)` tells the optimiser."""
        self.give = give
        self.failed = []
        self.worst = None

    def tell(self, number, losses):
        """`losses` is None of a trial that failed."""
        if losses is None:
            self.failed.append(number)
        else:
            self.give(number, losses[0])
            self.worst = losses[0] if self.worst is None else max(self.worst, losses[0])
        if self.worst is not None:
            failed, self.failed = self.failed, []
            for one in failed:
                self.give(one, self.worst)
