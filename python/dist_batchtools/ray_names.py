"""ray for scripts that import it: the search spaces are there (domains.py), a cluster is not started, and what would run trials says
that dist does."""
import importlib
import importlib.abc
import sys
import types

from . import domains


def content(name):
    """Of a stand-in module."""
    if name == 'ray':
        return dict(CLUSTER)
    if name in ('ray.tune', 'ray.tune.search.sample', 'ray.tune.search'):
        spaces = {key: getattr(domains, key) for key in domains.NAMES}
        return dict(spaces, Domain=domains.Domain, Float=domains.Float, Integer=domains.Integer, Categorical=domains.Categorical)
    return {}


MODULES = ('ray.tune', 'ray.train', 'ray.air', 'ray.util', 'ray.data', 'ray.tune.search', 'ray.tune.schedulers', 'ray.air.session',
           'ray.air.config', 'ray.tune.search.sample')


def missing(module, name):
    """Anything else of ray: may be imported, named and subclassed, and says what is wrong when it is used."""
    whole = module + '.' + name
    if whole in MODULES:
        return importlib.import_module(whole)

    def init(self, *_args, **_kwargs):
        raise RuntimeError('{}.{} needs ray; under `dist search run` there is none, and search() does without'.format(module, name))
    made = type(name, (), {'__module__': module, '__init__': init})
    setattr(sys.modules[module], name, made)
    return made


def ignored(*_args, **_kwargs):
    """ray.init() and the like: there is nothing to start."""


CLUSTER = {'init': ignored, 'shutdown': ignored, 'is_initialized': lambda: True}


class WithoutCluster(importlib.abc.Loader):
    """Loads the installed ray, and leaves its cluster alone."""

    def __init__(self, loader):
        self._loader = loader

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        self._loader.exec_module(module)
        module.__dict__.update(CLUSTER)

    def __getattr__(self, name):
        return getattr(self._loader, name)


def without_cluster(spec):
    if isinstance(spec.loader, types.ModuleType) or spec.loader is None:
        return spec
    spec.loader = WithoutCluster(spec.loader)
    return spec
