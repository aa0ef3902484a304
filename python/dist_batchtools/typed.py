"""Values between Python and dist with their types: 3 is whole, 3.0 is not, numpy's scalars are what they hold, a tuple is a tuple."""
import math


class Unsendable(ValueError):
    """A value that no job could be sent."""


def plain(value, where):
    """What JSON has, ints whole and floats floats; tuples stay tuples inside of Python. `where`: for the message."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        raise Unsendable('{}: {!r} is no finite number'.format(where, value))
    if isinstance(value, tuple):
        return tuple(plain(item, where) for item in value)
    if isinstance(value, (list, range, set, frozenset)):
        return [plain(item, where) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item, where) for key, item in value.items()}
    if hasattr(value, 'tolist'):
        # numpy: a scalar or an array; pandas: a column
        return plain(value.tolist(), where)
    raise Unsendable('{}: a {} cannot be sent to a job; numbers, text, lists and dicts can'.format(where, type(value).__name__))


def unpacked(value):
    """A value as dist tells it (shared/model/value.ts)."""
    kind = value['kind']
    if kind == 'null':
        return None
    if kind == 'list':
        return [unpacked(item) for item in value['items']]
    if kind == 'tuple':
        return tuple(unpacked(item) for item in value['items'])
    if kind == 'map':
        return {key: unpacked(item) for key, item in value['entries']}
    return float(value['value']) if kind == 'float' else value['value']
