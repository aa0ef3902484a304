"""hyperopt: its TPE is a function of all trials and a seed, so that nothing is kept but the trials."""
import math

from hyperopt import STATUS_FAIL, STATUS_OK, Trials, anneal, hp, rand, tpe
from hyperopt.base import JOB_STATE_DONE, JOB_STATE_RUNNING, Domain

from .seeds import derive

ALGORITHMS = {'tpe': tpe, 'random': rand, 'anneal': anneal}


def make(search):
    return ByHyperopt(search)


class ByHyperopt:
    recomputes = False

    def __init__(self, search):
        self.seed = search.seed
        self.labels = ['p%05d' % index for index in range(len(search.params))]
        self.domain = Domain(lambda _: 0.0, {label: node(label, param) for label, param in zip(self.labels, search.params)})
        self.whole = {label: param.form != 'real' for label, param in zip(self.labels, search.params)}
        self.trials = Trials()
        self.docs = {}
        take = search.settings
        self.algorithm = take.take('algo', str, 'tpe', ALGORITHMS)
        self.options = {'verbose': False} if self.algorithm == 'tpe' else {}
        startup, gamma = take.whole('n_initial_points'), take.take('gamma', (int, float))
        candidates, prior = take.whole('n_EI_candidates'), take.take('prior_weight', (int, float))
        if self.algorithm == 'tpe':
            given = {'n_startup_jobs': startup, 'gamma': gamma, 'n_EI_candidates': candidates, 'prior_weight': prior}
            self.options.update({key: value for key, value in given.items() if value is not None})

    def ask(self, number):
        suggest = ALGORITHMS[self.algorithm].suggest
        doc = suggest([number], self.domain, self.trials, derive(self.seed, number), **self.options)[0]
        drawn = doc['misc']['vals']
        return [int(drawn[label][0]) if self.whole[label] else float(drawn[label][0]) for label in self.labels]

    def place(self, number, codes):
        misc = {
            'tid': number,
            'cmd': self.domain.cmd,
            'workdir': self.domain.workdir,
            'idxs': {label: [number] for label in self.labels},
            'vals': {label: [code] for label, code in zip(self.labels, codes)},
        }
        doc = self.trials.new_trial_docs([number], [None], [{'status': 'new'}], [misc])[0]
        doc['state'] = JOB_STATE_RUNNING
        self.trials.insert_trial_docs([doc])
        self.trials.refresh()
        # the collection keeps a copy
        self.docs[number] = self.trials._dynamic_trials[-1]

    def tell(self, number, losses):
        doc = self.docs[number]
        doc['result'] = {'status': STATUS_FAIL} if losses is None else {'status': STATUS_OK, 'loss': losses[0]}
        doc['state'] = JOB_STATE_DONE
        self.trials.refresh()


def node(label, param):
    if param.form == 'choice':
        return hp.choice(label, list(range(param.count)))
    if param.form == 'steps':
        return hp.uniformint(label, 0, param.count - 1)
    if param.log:
        return hp.loguniform(label, math.log(param.low), math.log(param.high))
    return hp.uniform(label, param.low, param.high)
