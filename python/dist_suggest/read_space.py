"""From the request's `space` to parameters, with every mistake named. Called by search.py."""
import math

from .problem import Problem
from .space import WHOLE, Choice, Normal, Real, Steps

KEYS = {
    'float': {'low', 'high', 'log', 'step'},
    'int': {'low', 'high', 'log', 'step'},
    'normal': {'mean', 'sd', 'step'},
    'choice': {'values'},
    'grid': {'values'},
}


def read_space(space):
    if not isinstance(space, list) or not space:
        raise Problem('bad_space', '`space` is no list of parameters, or an empty one')
    params = [read_param(item) for item in space]
    names = [param.name for param in params]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Problem('bad_space', 'parameter %s is there twice' % twice[0])
    return params


def read_param(item):
    if not isinstance(item, dict) or not isinstance(item.get('name'), str):
        raise Problem('bad_space', 'a parameter without name: %.100r' % (item,))
    name, kind = item['name'], item.get('kind')
    if kind not in KEYS:
        raise Problem('bad_space', 'parameter %s: kind %r is none of %s' % (name, kind, ', '.join(KEYS)))
    unknown = sorted(set(item) - KEYS[kind] - {'name', 'kind'})
    if unknown:
        raise Problem('bad_space', 'parameter %s: %s has no key %s' % (name, kind, unknown[0]))
    if kind in ('choice', 'grid'):
        values = item.get('values')
        if not isinstance(values, list) or not values:
            raise Problem('bad_space', 'parameter %s: `values` is no list, or an empty one' % name)
        return Choice(name, values)
    if kind == 'normal':
        mean, sd, step = finite(item, 'mean'), finite(item, 'sd'), finite(item, 'step', None)
        if sd <= 0 or (step is not None and step <= 0):
            raise Problem('bad_space', 'parameter %s: sd and step are above 0' % name)
        return Normal(name, mean, sd, step)
    return read_range(item, name, whole=kind == 'int')


def read_range(item, name, whole):
    low, high = finite(item, 'low'), finite(item, 'high')
    step = finite(item, 'step', 1 if whole else None)
    log = item.get('log', False)
    if not isinstance(log, bool):
        raise Problem('bad_space', 'parameter %s: log is true or false' % name)
    if low > high or (step is not None and step <= 0) or (log and low <= 0):
        raise Problem('bad_space', 'parameter %s: low <= high, step > 0, and with log low > 0' % name)
    if whole:
        parts = [low, high, step]
        if any(part != int(part) or abs(part) >= WHOLE for part in parts):
            raise Problem('bad_space', 'parameter %s: low, high and step of an int are whole numbers' % name)
        low, high, step = (int(part) for part in parts)
    if log:
        return Real(name, float(low), float(high), True, step, whole)
    if step is None:
        return Real(name, float(low), float(high), False)
    # 0.1 + 2 * 0.1 is a little above 0.3: the last step counts all the same
    count = (high - low) // step + 1 if whole else math.floor((high - low) / step + 1e-9) + 1
    if count >= WHOLE:
        raise Problem('bad_space', 'parameter %s has too many steps' % name)
    return Steps(name, low, step, count, whole)


MUST = object()


def finite(item, key, default=MUST):
    value = item.get(key)
    if value is None and default is not MUST:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Problem('bad_space', 'parameter %s: %s is no finite number' % (item['name'], key))
    return value
