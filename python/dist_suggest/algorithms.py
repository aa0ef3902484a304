"""Which optimisers there are, which module serves each, and what must be installed for it. Used by serve.py and search.py."""
import importlib
import importlib.util
import sys
from importlib import metadata

from .problem import Problem


class Backend:
    def __init__(self, module, package, pip):
        self.module, self.package, self.pip = module, package, pip


BACKENDS = {
    'optuna': Backend('by_optuna', 'optuna', 'optuna'),
    'cmaes': Backend('by_cmaes', 'cmaes', 'cmaes'),
    'hyperopt': Backend('by_hyperopt', 'hyperopt', 'hyperopt'),
    'bayesopt': Backend('by_bayesopt', 'bayes_opt', 'bayesian-optimization'),
    'nevergrad': Backend('by_nevergrad', 'nevergrad', 'nevergrad'),
    'ax': Backend('by_ax', 'ax', 'ax-platform'),
    'hebo': Backend('by_hebo', 'hebo', 'HEBO'),
    'bohb': Backend('by_bohb', 'hpbandster', 'hpbandster ConfigSpace'),
    'zoopt': Backend('by_zoopt', 'zoopt', 'zoopt'),
}
# other names, with what they settle
ALIASES = {
    'axe': ('ax', {}),
    'tpe': ('optuna', {'sampler': 'tpe'}),
    'gp': ('optuna', {'sampler': 'gp'}),
    'qmc': ('optuna', {'sampler': 'qmc'}),
    'nsga2': ('optuna', {'sampler': 'nsgaii'}),
    'nsgaii': ('optuna', {'sampler': 'nsgaii'}),
    'nsga3': ('optuna', {'sampler': 'nsgaiii'}),
    'nsgaiii': ('optuna', {'sampler': 'nsgaiii'}),
}
GONE = {
    'sigopt': 'the SigOpt service has been shut down, nothing answers its clients any more',
    'skopt': 'scikit-optimize is not maintained any more',
    'dragonfly': 'dragonfly is not maintained any more',
    'blendsearch': 'FLAML\'s BlendSearch has no ask and tell of its own',
    'cfo': 'FLAML\'s CFO has no ask and tell of its own',
}


def resolve(algorithm):
    """-> (name, what the alias settles)."""
    if algorithm in GONE:
        hint = 'use another algorithm, for example optuna'
        raise Problem('unknown_algorithm', 'algorithm %s: %s' % (algorithm, GONE[algorithm]), hint)
    name, settled = ALIASES.get(algorithm, (algorithm, {}))
    if name not in BACKENDS:
        raise Problem('unknown_algorithm', 'there is no algorithm %s' % (algorithm,), 'there are: %s' % ', '.join(BACKENDS))
    return name, settled


def load(name):
    """The module that serves it; Problem with the line to install when its package cannot be imported."""
    backend = BACKENDS[name]
    try:
        importlib.import_module(backend.package)
    except Exception as error:  # a broken package may raise anything
        raise missing(name, backend.pip, error)
    return importlib.import_module('dist_suggest.' + backend.module)


def missing(what, pip, error):
    return missing_for('algorithm %s' % what, pip, error)


def missing_for(what, pip, error):
    message = '%s needs the package %s, and %s cannot import it: %s' % (what, pip, sys.executable, one_line(error))
    return Problem('missing_package', message, '%s -m pip install %s' % (sys.executable, pip))


def state(name, really):
    """{available, version, why}: looked for, or imported where `really`."""
    backend = BACKENDS[name]
    known = {'available': True, 'version': version(backend), 'why': None}
    try:
        if really:
            importlib.import_module(backend.package)
        elif importlib.util.find_spec(backend.package) is None:
            raise ImportError('no module named %s' % backend.package)
    except Exception as error:  # a broken package may raise anything
        known = {'available': False, 'version': None, 'why': one_line(error), 'install': '%s -m pip install %s' % (sys.executable, backend.pip)}
    return known


def version(backend):
    try:
        return metadata.version(backend.pip.split()[0])
    except metadata.PackageNotFoundError:
        return None


def one_line(error):
    text = str(error).strip().split('\n')[0]
    return '%s: %s' % (type(error).__name__, text) if text else type(error).__name__
