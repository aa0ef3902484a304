"""What a script gives as `params`, as the `params` of a `search:` block (docs/search.md, The space). Lists mean what batchtools makes of
them (they are written as lists, and read by the same rule); everything else is written in its long form."""
import random

from .typed import Unsendable, plain


def compile_space(params, algorithm, num_samples, label):
    """`params` of the block, and points that must be tried first (those of `sample_from`)."""
    compiled = {}
    drawn = {}
    for name, given in params.items():
        where = 'params[{!r}]'.format(name)
        if not isinstance(name, str):
            raise Unsendable('{}: a name of a parameter is text'.format(where))
        function = getattr(given, 'func', None)
        if callable(function) and type(given).__name__ == 'Function':
            drawn[name] = draw(function, num_samples, '{}/{}'.format(label, name), where)
            compiled[name] = {'choice': drawn[name]}
        else:
            compiled[name] = compile_param(given, where)
    grids = [name for name, domain in compiled.items() if isinstance(domain, dict) and 'grid' in domain]
    if drawn and (grids or algorithm not in ('random', 'grid', 'variant_generator')):
        # with a grid beside it a function is drawn once for each sample, and each of those values may meet each point
        return compiled, []
    points = [{name: values[index] for name, values in drawn.items()} for index in range(num_samples)] if drawn else []
    return compiled, points


def compile_param(given, where):
    if isinstance(given, dict):
        if set(given) == {'grid_search'}:
            return values_of(given['grid_search'], where, 'grid')
        return {'constant': plain(given, where)}
    if isinstance(given, (list, tuple)):
        return listed(given, where)
    if isinstance(given, range):
        return ranged(given)
    if hasattr(given, 'tolist') and hasattr(given, 'ndim') and getattr(given, 'ndim') > 0:
        return values_of(given.tolist(), where, 'grid')
    kind = type(given).__name__
    if kind == 'Categorical':
        return values_of(given.categories, where, 'choice')
    if kind in ('Float', 'Integer') and hasattr(given, 'lower'):
        return number(given, kind, where)
    return plain(given, where)


def listed(given, where):
    """Two numbers are a range or both values, which depends on the algorithm: the reader decides, as batchtools does."""
    values = [plain(item, where) for item in given]
    if values and all(isinstance(item, tuple) for item in values):
        return coupled(values)
    return [as_list(item) for item in values]


def values_of(given, where, word):
    values = [plain(item, where) for item in given]
    if not values:
        raise Unsendable('{}: there are no values'.format(where))
    if all(isinstance(item, tuple) for item in values) and word == 'grid':
        return coupled(values)
    return {word: [as_list(item) for item in values]}


def coupled(values):
    """Tuples of one length go as what belongs together; others lose that they are tuples."""
    if len({len(item) for item in values}) == 1 and values[0]:
        return {'coupled': [as_list(item) for item in values]}
    return {'grid': [as_list(item) for item in values]}


def as_list(value):
    if isinstance(value, (tuple, list)):
        return [as_list(item) for item in value]
    return {key: as_list(item) for key, item in value.items()} if isinstance(value, dict) else value


def ranged(given):
    if len(given) == 0:
        raise Unsendable('{!r} has no values'.format(given))
    return {'range': [given.start, given.stop, given.step]}


def number(given, kind, where):
    """A float or an integer of ray.tune, or of domains.py: bounds, and how it is drawn."""
    sampler = given.sampler
    step = None
    if type(sampler).__name__.lstrip('_') == 'Quantized':
        step, sampler = plain(sampler.q, where), sampler.sampler
    drawn = type(sampler).__name__.lstrip('_') if sampler is not None else 'Uniform'
    if drawn == 'Normal':
        domain = {'normal': [float(sampler.mean), float(sampler.sd)]}
        return domain if step is None else dict(domain, step=float(step))
    low, high = plain(given.lower, where), plain(given.upper, where)
    if drawn not in ('Uniform', 'LogUniform') or low is None or high is None:
        raise Unsendable('{}: this domain of ray.tune cannot be told to dist'.format(where))
    log = 'log' if drawn == 'LogUniform' else ''
    if kind == 'Integer':
        # ray leaves the upper end out, and includes it when there is a step
        if step in (None, 1):
            return {log + 'randint': [low, high]} if step is None else {'q{}randint'.format(log): [low, high, 1]}
        return {'q{}randint'.format(log): [low, high, step]}
    if step is None:
        return {log + 'uniform': [float(low), float(high)]}
    return {'q{}uniform'.format(log): [float(low), float(high), float(step)]}


def draw(function, count, seed, where):
    """`count` values of a `sample_from`. The same for the same search, so that the script run again is the same search."""
    random_state = random.getstate()
    numpy_state = None
    try:
        import numpy
        numpy_state = numpy.random.get_state()
        numpy.random.seed(sum(seed.encode()) % 2 ** 32)
    except ImportError:
        numpy = None
    random.seed(seed)
    try:
        return [as_list(plain(sampled(function, where), where)) for _ in range(count)]
    finally:
        random.setstate(random_state)
        if numpy_state is not None:
            numpy.random.set_state(numpy_state)


def sampled(function, where):
    try:
        return function(None)
    except AttributeError as error:
        raise Unsendable('{}: sample_from looks at the other parameters ({}), which dist cannot do; write a domain, or a '
                         'list of tuples for parameters that belong together'.format(where, error)) from error
    except TypeError:
        return function()
