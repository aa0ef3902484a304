"""What was placed and told, for optimisers that are built anew for each suggestion from all of it (by_bayesopt, by_hebo, by_bohb).

A trial that failed counts as the worst seen, so that the next suggestions go elsewhere; one that still runs as the mean, for it may be good.
"""


class Memory:
    def __init__(self):
        self.codes = {}
        self.losses = {}

    def place(self, number, codes):
        self.codes[number] = codes

    def tell(self, number, losses):
        self.losses[number] = None if losses is None else losses[0]

    def known(self):
        return [loss for loss in self.losses.values() if loss is not None]

    def seen(self):
        """[(codes, loss)] by trial number; [] before the first result."""
        known = self.known()
        if not known:
            return []
        mean, worst = sum(known) / len(known), max(known)
        losses = ((codes, self.losses.get(number, mean)) for number, codes in self.codes.items())
        return [(codes, worst if loss is None else loss) for codes, loss in losses]
