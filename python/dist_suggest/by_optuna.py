"""optuna: its samplers on a study in memory. From version 3.1 on; seen with 5.0.

TPE, GP and random samplers are made anew for each trial, with a seed of its own: then a suggestion depends on the study alone, and a history
is put back without computing it again. The others carry state from suggestion to suggestion (optuna keeps it in its trials).
"""
import inspect

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial

from .algorithms import missing
from .problem import Problem
from .seeds import derive

MANY = True
# name -> (class, packages that it wants, state of its own, several metrics)
SAMPLERS = {
    'tpe': ('TPESampler', (), False, True),
    'random': ('RandomSampler', (), False, True),
    'gp': ('GPSampler', ('scipy', 'torch'), False, True),
    'cmaes': ('CmaEsSampler', ('cmaes',), True, False),
    'nsgaii': ('NSGAIISampler', (), True, True),
    'nsgaiii': ('NSGAIIISampler', (), True, True),
    'qmc': ('QMCSampler', ('scipy',), True, True),
}
# what no JSON can say, and the seed, which the request has
NOT_OURS = {'self', 'seed', 'gamma', 'weights', 'constraints_func', 'independent_sampler', 'mutation', 'crossover', 'source_trials',
            'elite_population_selection_strategy', 'after_trial_strategy', 'child_generation_strategy', 'categorical_distance_func',
            'qmc_independent_sampler', 'x0'}


def make(search):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    search.settings.ignore(search.notices, ('storage', 'study_name'))
    return ByOptuna(search)


class ByOptuna:
    def __init__(self, search):
        self.search = search
        self.sampler = search.settings.take('sampler', str, 'tpe', SAMPLERS)
        self.name, packages, self.recomputes, many = SAMPLERS[self.sampler]
        if len(search.metrics) > 1 and not many:
            raise Problem('bad_config', 'optuna\'s sampler %s has one metric; several: tpe, nsgaii, nsgaiii, gp, qmc' % self.sampler)
        if not hasattr(optuna.samplers, self.name):
            raise Problem('bad_config', 'optuna %s has no sampler %s' % (optuna.__version__, self.sampler), "pip install 'optuna>=5'")
        for package in packages:
            try:
                __import__(package)
            except Exception as error:  # a broken package may raise anything
                raise missing('optuna with sampler %s' % self.sampler, package, error)
        kind = getattr(optuna.samplers, self.name)
        names = [name for name in inspect.signature(kind.__init__).parameters if name not in NOT_OURS]
        self.options = search.settings.take_all(names)
        if self.sampler == 'tpe' and search.batch > 1:
            # otherwise trials that run are not seen, and a generation bunches up
            self.options.setdefault('constant_liar', True)
        self.distributions = {'p%05d' % index: distribution(param) for index, param in enumerate(search.params)}
        self.study = optuna.create_study(directions=['minimize'] * len(search.metrics), sampler=self.make_sampler(search.seed))
        self.numbers = {}  # ours -> the study's
        self.drawn = None

    def make_sampler(self, seed):
        return getattr(optuna.samplers, self.name)(seed=seed, **self.options)

    def ask(self, number):
        if not self.recomputes:
            self.study.sampler = self.make_sampler(derive(self.search.seed, number))
        trial = self.study.ask(self.distributions)
        codes = [trial.params[name] for name in self.distributions]
        self.give_up()
        self.drawn = (trial.number, codes)
        return codes

    def place(self, number, codes):
        if self.drawn is not None and self.is_same(self.drawn[1], codes):
            self.numbers[number], self.drawn = self.drawn[0], None
            return
        self.give_up()
        params = dict(zip(self.distributions, codes))
        self.study.add_trial(create_trial(state=TrialState.RUNNING, params=params, distributions=self.distributions))
        self.numbers[number] = len(self.study.get_trials(deepcopy=False)) - 1

    def is_same(self, drawn, codes):
        # digits that the value does not have matter only to what must not be computed again
        return drawn == codes or (self.recomputes and self.search.canonical(drawn) == codes)

    def give_up(self):
        if self.drawn is not None:
            self.study.tell(self.drawn[0], state=TrialState.FAIL)
            self.drawn = None

    def tell(self, number, losses):
        if losses is None:
            self.study.tell(self.numbers[number], state=TrialState.FAIL)
        else:
            self.study.tell(self.numbers[number], losses)


def distribution(param):
    if param.form == 'choice':
        return CategoricalDistribution(list(range(param.count)))
    if param.form == 'steps':
        return IntDistribution(0, param.count - 1)
    if param.whole and param.step == 1:
        return IntDistribution(int(param.low), int(param.high), log=True)
    return FloatDistribution(param.low, param.high, log=param.log)
