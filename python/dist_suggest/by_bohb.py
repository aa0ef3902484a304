"""BOHB's model (hpbandster) with one budget: kernel densities of good and bad results over the unit cube, made anew for each suggestion.

Hyperband's part, short runs first, is the head's successive halving; a search of whole trials has one budget.
"""
import random
from random import Random

import ConfigSpace
import numpy as np
from hpbandster.core.dispatcher import Job
from hpbandster.optimizers.config_generators.bohb import BOHB

from .memory import Memory
from .seeds import derive

BUDGET = 1.0
OPTIONS = {'min_points_in_model': int, 'top_n_percent': int, 'num_samples': int, 'random_fraction': (int, float),
           'bandwidth_factor': (int, float), 'min_bandwidth': (int, float)}


def make(search):
    search.settings.ignore(search.notices, ('max_concurrent',))
    search.notices.append('bohb has one budget here: its model, without hyperband')
    return ByBohb(search)


class ByBohb(Memory):
    recomputes = False

    def __init__(self, search):
        super().__init__()
        self.seed = search.seed
        self.params = search.params
        given = dict(search.settings.take('bohb_config', dict, {}))
        for name, kinds in OPTIONS.items():
            given[name] = search.settings.take(name, kinds, given.get(name))
        self.options = {name: value for name, value in given.items() if value is not None}
        self.labels = ['p%05d' % index for index in range(len(self.params))]
        self.fraction = self.options.get('random_fraction', 1 / 3)
        # drawn here rather than by the package, whose draws differ between versions of ConfigSpace
        self.options['random_fraction'] = 0
        self.first = max(self.options.get('min_points_in_model') or 0, len(self.params) + 1) + 1

    def ask(self, number):
        seed = derive(self.seed, number)
        draw = Random(seed)
        if len(self.known()) < self.first or draw.random() < self.fraction:
            return [param.at(draw.random()) for param in self.params]
        random.seed(seed)
        np.random.seed(seed)
        space = ConfigSpace.ConfigurationSpace(seed=seed)
        for label, param in zip(self.labels, self.params):
            space.add_hyperparameters([axis(label, param)])
        model = BOHB(space, **self.options)
        seen = self.seen()
        for index, (codes, loss) in enumerate(seen):
            config = {label: outward(param, code) for label, param, code in zip(self.labels, self.params, codes)}
            job = Job((index, 0, 0), config=config, budget=BUDGET)
            job.result, job.exception = {'loss': loss}, None
            model.new_result(job, update_model=index == len(seen) - 1)
        config = dict(model.get_config(BUDGET)[0])
        return [param.at(float(config[label])) if param.form != 'choice' else int(config[label]) for label, param in zip(self.labels, self.params)]


def outward(param, code):
    return param.fraction(code) if param.form != 'choice' else int(code)


def axis(label, param):
    if param.form == 'choice':
        return ConfigSpace.CategoricalHyperparameter(label, list(range(param.count)))
    return ConfigSpace.UniformFloatHyperparameter(label, 0.0, 1.0)
