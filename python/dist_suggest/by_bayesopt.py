"""bayesian-optimization: a Gaussian process over the unit cube, made anew for each suggestion from all results. Versions 1.2 to 3.

The package has no notion of trials that run or failed: see memory.py.
"""
import inspect
from random import Random

import bayes_opt
from bayes_opt import BayesianOptimization
from sklearn.gaussian_process.kernels import Matern

from .cube import Cube
from .memory import Memory
from .seeds import derive

KINDS = ('ucb', 'ei', 'poi')


def make(search):
    return ByBayesopt(search)


class ByBayesopt(Memory):
    recomputes = False

    def __init__(self, search):
        super().__init__()
        self.search = search
        self.cube = Cube(search.params)
        settings = search.settings
        settings.ignore(search.notices, ('patience', 'skip_duplicate', 'verbose', 'analysis'))
        self.first = settings.whole('random_search_steps', 10, 1)
        utility = settings.take('utility_kwargs', dict, {})
        self.kind = settings.take('acq', str, utility.get('kind', 'ucb'), KINDS)
        self.kappa = settings.take('kappa', (int, float), utility.get('kappa', 2.576))
        self.xi = settings.take('xi', (int, float), utility.get('xi', 0.0))
        self.alpha = settings.take('alpha', (int, float), 1e-6)
        if self.kind not in KINDS:
            raise settings.bad('utility_kwargs.kind: one of %s' % ', '.join(KINDS))
        self.axes = ['a%05d' % axis for axis in range(self.cube.axes)]

    def ask(self, number):
        seed = derive(self.search.seed, number)
        if len(self.known()) < self.first:
            random = Random(seed)
            return self.cube.codes([random.random() for _ in self.axes])
        model = self.model(seed)
        # the package's kernel, but not shorter than the cube allows to tell from noise: with few results in many dimensions it
        # would shrink to points and every suggestion would be a random one
        model.set_gp_params(alpha=self.alpha, kernel=Matern(nu=2.5, length_scale_bounds=(0.2, 20.0)))
        for codes, loss in self.seen():
            # it maximises
            model.register(params=dict(zip(self.axes, self.cube.point(codes))), target=-loss)
        point = model.suggest(*self.utility())
        return self.cube.codes([float(point[axis]) for axis in self.axes])

    def model(self, seed):
        more = {} if self.is_old() else {'acquisition_function': self.acquisition()}
        known = inspect.signature(BayesianOptimization.__init__).parameters
        if 'allow_duplicate_points' in known:
            more['allow_duplicate_points'] = True
        bounds = {axis: (0.0, 1.0) for axis in self.axes}
        return BayesianOptimization(f=None, pbounds=bounds, random_state=seed, verbose=0, **more)

    def is_old(self):
        """Before version 2 the utility function is given to suggest()."""
        return 'utility_function' in inspect.signature(BayesianOptimization.suggest).parameters

    def utility(self):
        return [bayes_opt.UtilityFunction(kind=self.kind, kappa=self.kappa, xi=self.xi)] if self.is_old() else []

    def acquisition(self):
        from bayes_opt import acquisition
        if self.kind == 'ucb':
            return acquisition.UpperConfidenceBound(kappa=self.kappa)
        improvement = acquisition.ExpectedImprovement if self.kind == 'ei' else acquisition.ProbabilityOfImprovement
        return improvement(xi=self.xi)
