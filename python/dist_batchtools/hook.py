"""Answers the imports of a search script: `netpyne.batchtools.search` is always dist's; ray, batchtk and netpyne are the installed ones
where there are some, and stand-ins where there are none. netpyne itself is loaded only when the script uses more of it than its
search side: it brings NEURON along."""
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types

from . import algos, api, ray_names, stock

SEARCH = 'netpyne.batchtools.search'
# always dist's, whatever is installed
OURS = {SEARCH: api, 'batchtk.algos': algos}


def install():
    sys.meta_path.insert(0, Finder())


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self):
        self._asking = set()

    def find_spec(self, name, path=None, target=None):
        top = name.partition('.')[0]
        if top not in ('netpyne', 'batchtk', 'ray') or name in self._asking:
            return None
        if name in OURS:
            return importlib.machinery.ModuleSpec(name, self)
        real = self._real(name, path)
        if name in ('netpyne', 'netpyne.batchtools'):
            return self._package(name, real)
        if real is not None and top == 'netpyne' and name not in LIGHT:
            # as always: the package before its parts
            load(sys.modules[name.rpartition('.')[0]])
        if real is not None:
            return ray_names.without_cluster(real) if name == 'ray' else None
        return self._package(name, None) if is_standing_in(name) else None

    def _real(self, name, path):
        """What Python would find without us."""
        self._asking.add(name)
        try:
            for finder in sys.meta_path:
                # old ones have another method, and Python does without them
                if finder is not self and hasattr(finder, 'find_spec'):
                    spec = finder.find_spec(name, path)
                    if spec is not None:
                        return spec
            return None
        finally:
            self._asking.discard(name)

    def _package(self, name, real):
        spec = importlib.machinery.ModuleSpec(name, self, is_package=True)
        spec.loader_state = real
        spec.submodule_search_locations = list(real.submodule_search_locations or []) if real is not None else []
        return spec

    def create_module(self, spec):
        return Late(spec.name) if spec.name not in OURS else None

    def exec_module(self, module):
        name = module.__name__
        if name in OURS:
            content = {key: value for key, value in vars(OURS[name]).items() if not key.startswith('_')}
        elif name.startswith('ray'):
            content = ray_names.content(name)
        elif name in ('netpyne', 'netpyne.batchtools'):
            content = {}
        else:
            content = standing_in(name)
        module.__dict__.update(content)


class Late(types.ModuleType):
    """A package whose own `__init__` runs when something is asked of it that a search has not."""

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        mine = self.__name__
        if mine == 'netpyne.batchtools' and name in ('runtk', 'dispatchers', 'submits', 'search'):
            found = importlib.import_module({'runtk': 'batchtk.runtk', 'dispatchers': 'batchtk.runtk.dispatchers'}.get(name, mine + '.' + name))
            return self.__dict__.setdefault(name, found)
        if mine.startswith('ray'):
            return ray_names.missing(mine, name)
        if not load(self):
            what = 'package' if mine in ('netpyne', 'netpyne.batchtools') else 'stand-in'
            raise AttributeError('{} {!r} has no {!r}: {} is not installed in this Python ({})'.format(
                what, mine, name, mine.partition('.')[0], sys.executable))
        if name in self.__dict__:
            return self.__dict__[name]
        raise AttributeError('module {!r} has no attribute {!r}'.format(mine, name))


def load(module):
    """Runs the `__init__` of the installed package, once, that of the package around it first; False where there is none."""
    spec = module.__spec__
    around = sys.modules.get(module.__name__.rpartition('.')[0])
    if around is not None:
        load(around)
    if not isinstance(module, Late) or spec.loader_state is None:
        return not isinstance(module, Late) or getattr(spec, 'loaded', False)
    real, spec.loader_state, spec.loaded = spec.loader_state, None, True
    real.loader.exec_module(module)
    return True


# parts of the search side that need nothing of the package around them
LIGHT = ('netpyne.batchtools.submits', 'netpyne.batchtools.dispatchers', SEARCH)
STANDING_IN = ('batchtk', 'batchtk.runtk', 'batchtk.runtk.dispatchers', 'batchtk.runtk.submits', 'batchtk.utils', 'batchtk.header',
               'netpyne.batchtools.submits', 'netpyne.batchtools.dispatchers')


def is_standing_in(name):
    return name.startswith('ray') or name in STANDING_IN


def standing_in(name):
    if name.endswith('dispatchers'):
        return stock.dispatcher_classes()
    if name == 'batchtk.runtk.submits':
        return dict(stock.submit_classes(stock.Submit), Submit=stock.Submit, Template=stock.Template)
    if name == 'netpyne.batchtools.submits':
        base = importlib.import_module('batchtk.runtk.submits')
        return dict(stock.submit_classes(base.Submit), Submit=base.Submit, Template=base.Template)
    if name == 'batchtk.runtk':
        dispatchers = importlib.import_module('batchtk.runtk.dispatchers')
        submits = importlib.import_module('batchtk.runtk.submits')
        classes = {key: value for part in (dispatchers, submits) for key, value in vars(part).items() if not key.startswith('_')}
        return dict(classes, dispatchers=dispatchers, submits=submits, **stock.HANDLES)
    if name == 'batchtk.utils':
        return {'get_path': stock.get_path, 'expand_path': stock.get_path, 'create_path': stock.create_path}
    return {}
