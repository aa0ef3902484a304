"""zoopt: its sequential RACOS, which must know beforehand how many trials there will be (`budget`, or the number of samples)."""
from zoopt import Dimension2, Parameter, ValueType
from zoopt.algos.opt_algorithms.racos.sracos import SRacosTune
from zoopt.utils.zoo_global import gl

from .problem import Problem
from .seeds import derive
from .worst import Worst


def make(search):
    return ByZoopt(search)


class ByZoopt:
    recomputes = True

    def __init__(self, search):
        search.settings.take('algo', str, 'asracos', ('asracos', 'sracos'))
        budget = search.settings.whole('budget', search.budget)
        if budget is None:
            raise Problem('bad_config', 'zoopt must know how many trials there will be', 'set algorithm_config.budget')
        self.params = search.params
        gl.set_seed(derive(search.seed, 'zoopt'))
        dimension = Dimension2([axis(param) for param in self.params])
        self.racos = SRacosTune(dimension=dimension, parameter=Parameter(budget=budget), parallel_num=search.batch)
        self.placed = {}
        self.tell = Worst(self.give).tell
        self.drawn = None

    def ask(self, number):
        solution = self.racos.suggest()
        if solution is None and self.racos.semaphore == 0 and self.racos.complete_num >= self.racos.init_num - 1:
            # it waits for its first samples, and missed that all of them had come when it began to wait
            self.racos.semaphore = 1
            solution = self.racos.suggest()
        if solution is None or solution == 'FINISHED':
            return None
        codes = [param.at(float(x)) if param.form == 'real' else int(x) for param, x in zip(self.params, solution.get_x())]
        self.drawn = (codes, solution)
        return codes

    def place(self, number, codes):
        drawn, self.drawn = self.drawn, None
        # it learns only from its own
        if drawn is not None:
            self.placed[number] = drawn[1]

    def give(self, number, loss):
        solution = self.placed.pop(number, None)
        if solution is not None:
            self.racos.complete(solution, loss)


def axis(param):
    if param.form == 'real':
        return ValueType.CONTINUOUS, [0.0, 1.0], 1e-9
    return ValueType.DISCRETE, [0, param.count - 1], param.form == 'steps'
