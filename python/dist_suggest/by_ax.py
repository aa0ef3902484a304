"""Ax (ax-platform, version 1 or newer) by its client. It remembers what it suggested: a history is computed again."""
import random

import numpy as np
import torch
from ax.api.client import Client
from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

from .seeds import derive

MANY = True


def make(search):
    search.settings.ignore(search.notices, ('verbose', 'use_early_stopping'))
    return ByAx(search)


class ByAx:
    recomputes = True

    def __init__(self, search):
        constraints = search.settings.take('outcome_constraints', list, [])
        of_parameters = search.settings.take('parameter_constraints', list, [])
        self.seed = search.seed
        self.names = search.metrics
        self.labels = ['p%05d' % index for index in range(len(search.params))]
        self.whole = [param.form != 'real' for param in search.params]
        self.client = Client(random_seed=derive(search.seed, 'ax'))
        parameters = [config(label, param) for label, param in zip(self.labels, search.params)]
        if constraints or of_parameters:
            raise search.settings.bad('outcome_constraints, parameter_constraints: not supported')
        self.client.configure_experiment(parameters=parameters)
        self.outcomes = ['m%d' % index for index in range(len(search.metrics))]
        self.client.configure_optimization(objective=', '.join('-' + name for name in self.outcomes))
        self.trials = {}
        self.drawn = None

    def ask(self, number):
        # a seed for each trial: with the same one, the next draw of the same model would be the same
        seed = derive(self.seed, number)
        self.client._random_seed = seed
        random.seed(seed)
        np.random.seed(seed)
        torch.manual_seed(seed)
        given = self.client.get_next_trials(max_trials=1)
        if not given:
            return None
        (index, params), = given.items()
        codes = [int(params[label]) if whole else float(params[label]) for label, whole in zip(self.labels, self.whole)]
        self.drawn = (codes, index)
        return codes

    def place(self, number, codes):
        drawn, self.drawn = self.drawn, None
        if drawn is not None and drawn[0] == codes:
            self.trials[number] = drawn[1]
            return
        if drawn is not None:
            self.client.mark_trial_abandoned(drawn[1])
        self.trials[number] = self.client.attach_trial(dict(zip(self.labels, codes)))

    def tell(self, number, losses):
        if losses is None:
            self.client.mark_trial_failed(self.trials[number])
        else:
            self.client.complete_trial(self.trials[number], raw_data=dict(zip(self.outcomes, losses)))


def config(label, param):
    if param.form == 'choice' or (param.form == 'steps' and param.count <= 2):
        return ChoiceParameterConfig(name=label, values=list(range(param.count)), parameter_type='int', is_ordered=param.form == 'steps')
    if param.form == 'steps':
        return RangeParameterConfig(name=label, bounds=(0, param.count - 1), parameter_type='int')
    scaling = 'log' if param.log else 'linear'
    return RangeParameterConfig(name=label, bounds=(param.low, param.high), parameter_type='float', scaling=scaling)
