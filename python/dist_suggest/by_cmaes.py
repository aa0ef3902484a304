"""cmaes: CMA-ES, with margin where parameters are whole, CatCMA with margin where there are choices. Continuous axes run from 0 to 1.

A generation is told when as many results are there as it has members, whichever those are; a failed trial is none of them. When the
distribution has shrunk to a point, another one starts elsewhere with twice the members.
"""
import math
from random import Random

import cmaes
import numpy as np

from .problem import Problem
from .seeds import derive

# more steps than this are as good as continuous
MANY_STEPS = 1000


def make(search):
    return ByCmaes(search)


class ByCmaes:
    recomputes = True

    def __init__(self, search):
        self.params = search.params
        self.seed = search.seed
        self.sigma = search.settings.take('sigma', (int, float), 0.25)
        if not 0 < self.sigma <= 1:
            raise search.settings.bad('sigma: above 0, up to 1 (of a parameter\'s range)')
        axes = len(self.params)
        members = 4 + math.floor(3 * math.log(axes))
        # whole batches, and not fewer than the method wants
        members = search.settings.whole('population_size', search.batch * math.ceil(members / search.batch), 4)
        self.settings = (search.settings.take('lr_adapt', bool, False), members)
        self.starts = 0
        self.start()

    def start(self):
        lr_adapt, members = self.settings
        members *= 2 ** self.starts
        random = Random(derive(self.seed, 'start', self.starts))
        middle = [0.5 if self.starts == 0 else random.uniform(0.2, 0.8) for _ in self.params]
        self.shape = shape_of(self.params)(self.params, middle, self.sigma, members, derive(self.seed, 'cma', self.starts), lr_adapt)
        self.members = members
        self.waiting = []
        self.placed = {}
        self.drawn = None

    def ask(self, number):
        self.drawn = self.shape.ask()
        return self.drawn[0]

    def place(self, number, codes):
        drawn, self.drawn = self.drawn, None
        self.placed[number] = drawn[1] if drawn is not None and drawn[0] == codes else self.shape.solution(codes)

    def tell(self, number, losses):
        solution = self.placed.pop(number, None)
        if solution is None or losses is None:
            return
        self.waiting.append((solution, losses[0]))
        if len(self.waiting) < self.members:
            return
        self.shape.cma.tell(self.waiting)
        self.waiting = []
        if self.shape.cma.should_stop():
            self.starts += 1
            self.start()


def shape_of(params):
    if any(param.form == 'choice' for param in params):
        if not hasattr(cmaes, 'CatCMAwM'):
            raise Problem('bad_config', 'cmaes %s knows no choices' % cmaes.__version__, "pip install 'cmaes>=0.12'")
        return Mixed
    return Stepped if any(is_stepped(param) for param in params) else Plain


def is_stepped(param):
    return param.form == 'steps' and 1 < param.count <= MANY_STEPS


class Plain:
    """Floats only. A solution is the point itself."""

    def __init__(self, params, middle, sigma, members, seed, lr_adapt):
        self.params = params
        bounds = np.array([[0.0, 1.0]] * len(params))
        more = {'lr_adapt': True} if lr_adapt else {}
        self.cma = cmaes.CMA(np.array(middle), sigma, bounds=bounds, seed=seed, population_size=members, **more)

    def ask(self):
        x = self.cma.ask()
        return [param.at(float(u)) for param, u in zip(self.params, x)], x

    def solution(self, codes):
        return np.array([param.fraction(code) for param, code in zip(self.params, codes)])


class Stepped:
    """Floats and steps; a step's axis counts from 0 to its last number, so that sigma is a share of it."""

    def __init__(self, params, middle, sigma, members, seed, lr_adapt):
        self.params = params
        self.tops = [1.0 if is_stepped(param) else 0.0 for param in params]
        steps = np.array([1.0 / (param.count - 1) if is_stepped(param) else 0.0 for param in params])
        bounds = np.array([[0.0, 1.0]] * len(params))
        self.cma = cmaes.CMAwM(np.array(middle), sigma, bounds, steps, seed=seed, population_size=members)

    def ask(self):
        x, raw = self.cma.ask()
        codes = [round(float(u) * (param.count - 1)) if is_stepped(param) else param.at(float(u)) for param, u in zip(self.params, x)]
        return codes, raw

    def solution(self, codes):
        pairs = zip(self.params, codes)
        return np.array([code / (param.count - 1) if is_stepped(param) else param.fraction(code) for param, code in pairs])


class Mixed:
    """Floats, steps and choices, in three groups as the package wants them."""

    def __init__(self, params, middle, sigma, members, seed, lr_adapt):
        groups = {'x': [], 'z': [], 'c': []}
        for index, param in enumerate(params):
            groups['c' if param.form == 'choice' and param.count > 1 else 'z' if is_stepped(param) else 'x'].append(index)
        self.params, self.groups = params, groups
        x = [[0.0, 1.0] for _ in groups['x']] or None
        z = [list(range(params[index].count)) for index in groups['z']] or None
        c = [params[index].count for index in groups['c']] or None
        self.cma = cmaes.CatCMAwM(x_space=x, z_space=z, c_space=c, population_size=members, seed=seed)

    def ask(self):
        solution = self.cma.ask()
        codes = [0] * len(self.params)
        for axis, index in enumerate(self.groups['x']):
            codes[index] = self.params[index].at(float(solution.x[axis]))
        for axis, index in enumerate(self.groups['z']):
            codes[index] = int(solution.z[axis])
        for axis, index in enumerate(self.groups['c']):
            codes[index] = int(np.argmax(solution.c[axis]))
        return codes, solution

    def solution(self, codes):
        x = np.array([self.params[index].fraction(codes[index]) for index in self.groups['x']])
        z = np.array([codes[index] for index in self.groups['z']])
        widest = max((self.params[index].count for index in self.groups['c']), default=0)
        c = np.zeros((len(self.groups['c']), widest), dtype=bool)
        for axis, index in enumerate(self.groups['c']):
            c[axis, codes[index]] = True
        # drawn by nobody: the raw vector that the package keeps for floats and steps is the point itself
        return cmaes.CatCMAwM.Solution(x if len(x) else None, z if len(z) else None, c if len(c) else None, np.concatenate([x, z]))
