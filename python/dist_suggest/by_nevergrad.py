"""nevergrad: any of its optimisers by name, NGOpt where none is given and the budget is known, else TwoPointsDE. A failed trial is told as the worst seen."""
import random

import nevergrad as ng
import numpy as np

from .seeds import derive
from .worst import Worst


def make(search):
    return ByNevergrad(search)


class ByNevergrad:
    recomputes = True

    def __init__(self, search):
        settings = search.settings
        budget = settings.whole('budget', search.budget)
        # NGOpt plans with the budget: seen to raise an error after a while where there is none
        name = settings.take('optimizer', str, 'NGOpt' if budget is not None else 'TwoPointsDE')
        if name not in ng.optimizers.registry:
            raise settings.bad('optimizer: nevergrad has none named %s' % name)
        more = settings.take('optimizer_kwargs', dict, {})
        self.notices = search.notices
        self.labels = ['p%05d' % index for index in range(len(search.params))]
        self.whole = [param.form != 'real' for param in search.params]
        space = ng.p.Dict(**{label: node(param) for label, param in zip(self.labels, search.params)})
        space.random_state = np.random.RandomState(derive(search.seed, 'nevergrad'))
        # some of its optimisers draw from these
        random.seed(derive(search.seed, 'python'))
        np.random.seed(derive(search.seed, 'numpy'))
        self.optimizer = ng.optimizers.registry[name](parametrization=space, budget=budget, num_workers=search.batch, **more)
        self.placed = {}
        self.tell = Worst(self.give).tell
        self.drawn = None

    def codes(self, candidate):
        pairs = zip(self.labels, self.whole)
        return [int(candidate.value[label]) if whole else float(candidate.value[label]) for label, whole in pairs]

    def ask(self, number):
        candidate = self.optimizer.ask()
        self.drawn = (self.codes(candidate), candidate)
        return self.drawn[0]

    def place(self, number, codes):
        drawn, self.drawn = self.drawn, None
        if drawn is not None and drawn[0] == codes:
            self.placed[number] = drawn[1]
        else:
            self.placed[number] = self.optimizer.parametrization.spawn_child(new_value=dict(zip(self.labels, codes)))

    def give(self, number, loss):
        try:
            self.optimizer.tell(self.placed.pop(number), loss)
        except ng.errors.TellNotAskedNotSupportedError:
            # a point that somebody else gave: this optimiser learns only from its own
            pass


def node(param):
    if param.form == 'choice':
        return ng.p.Choice(list(range(param.count)))
    if param.form == 'steps':
        if param.count == 1:
            return ng.p.Choice([0])
        return ng.p.Scalar(init=(param.count - 1) / 2, lower=0, upper=param.count - 1).set_integer_casting()
    if param.low == param.high:
        return ng.p.Choice([param.low])
    if param.log:
        return ng.p.Log(lower=param.low, upper=param.high)
    return ng.p.Scalar(lower=param.low, upper=param.high)
