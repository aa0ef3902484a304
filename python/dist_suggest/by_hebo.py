"""HEBO: its model over the unit cube, made anew for each suggestion from all results (memory.py); the first suggestions are drawn."""
import random
from random import Random

import hebo.acq_optimizers.evolution_optimizer as evolution
import numpy as np
import pandas as pd
import torch
from hebo.design_space.design_space import DesignSpace
from hebo.optimizers.hebo import HEBO

from .memory import Memory
from .seeds import derive

minimize = evolution.minimize


def make(search):
    search.settings.ignore(search.notices, ('max_concurrent',))
    return ByHebo(search)


class ByHebo(Memory):
    recomputes = False

    def __init__(self, search):
        super().__init__()
        self.seed = search.seed
        self.params = search.params
        self.model = search.settings.take('model_name', str, 'gp', ('gp', 'gpy', 'rf', 'svgp'))
        self.first = search.settings.whole('rand_sample', len(self.params) + 1, 2)
        self.labels = ['p%05d' % index for index in range(len(self.params))]
        self.space = DesignSpace().parse([axis(label, param) for label, param in zip(self.labels, self.params)])

    def ask(self, number):
        seed = derive(self.seed, number)
        if len(self.known()) < self.first:
            draw = Random(seed)
            return [param.at(draw.random()) for param in self.params]
        random.seed(seed)
        np.random.seed(seed)
        torch.manual_seed(seed)
        # newer versions of pymoo, which searches the model, draw from a generator of their own
        evolution.minimize = lambda *args, **more: minimize(*args, seed=seed, **more)
        hebo = HEBO(self.space, model_name=self.model, rand_sample=2, scramble_seed=seed)
        seen = self.seen()
        rows = [[self.outward(param, code) for param, code in zip(self.params, codes)] for codes, _ in seen]
        hebo.observe(pd.DataFrame(rows, columns=self.labels), np.array([[loss] for _, loss in seen]))
        row = hebo.suggest(n_suggestions=1).iloc[0]
        return [self.inward(param, row[label]) for label, param in zip(self.labels, self.params)]

    def outward(self, param, code):
        return param.fraction(code) if param.form == 'real' else str(code) if param.form == 'choice' else code

    def inward(self, param, value):
        return param.at(float(value)) if param.form == 'real' else int(value)


def axis(label, param):
    if param.form == 'choice':
        return {'name': label, 'type': 'cat', 'categories': [str(option) for option in range(param.count)]}
    if param.form == 'steps':
        return {'name': label, 'type': 'int', 'lb': 0, 'ub': param.count - 1}
    return {'name': label, 'type': 'num', 'lb': 0.0, 'ub': 1.0}
