"""ray.tune's search spaces for scripts that run where there is no ray: the same names, arguments and defaults, and the attributes by
which space.py knows ray's own."""


class Quantized:
    def __init__(self, sampler, q):
        self.sampler = sampler
        self.q = q


class Uniform:
    pass


class LogUniform:
    def __init__(self, base=10):
        self.base = base


class Normal:
    def __init__(self, mean=0.0, sd=1.0):
        self.mean = mean
        self.sd = sd


class Domain:
    """`sampler` None: evenly."""
    sampler = None

    def _with(self, sampler):
        self.sampler = sampler
        return self

    def uniform(self):
        return self._with(Uniform())

    def loguniform(self, base=10):
        return self._with(LogUniform(base))

    def quantized(self, q):
        return self._with(Quantized(self.sampler or Uniform(), q))


class Float(Domain):
    def __init__(self, lower, upper):
        self.lower = lower
        self.upper = upper

    def normal(self, mean=0.0, sd=1.0):
        return self._with(Normal(mean, sd))


class Integer(Domain):
    def __init__(self, lower, upper):
        self.lower = lower
        self.upper = upper


class Categorical(Domain):
    def __init__(self, categories):
        self.categories = list(categories)


class Function(Domain):
    def __init__(self, func):
        self.func = func


def uniform(lower, upper):
    return Float(lower, upper).uniform()


def quniform(lower, upper, q):
    return Float(lower, upper).uniform().quantized(q)


def loguniform(lower, upper, base=10):
    return Float(lower, upper).loguniform(base)


def qloguniform(lower, upper, q, base=10):
    return Float(lower, upper).loguniform(base).quantized(q)


def choice(categories):
    return Categorical(categories).uniform()


def randint(lower, upper):
    return Integer(lower, upper).uniform()


def lograndint(lower, upper, base=10):
    return Integer(lower, upper).loguniform(base)


def qrandint(lower, upper, q=1):
    return Integer(lower, upper).uniform().quantized(q)


def qlograndint(lower, upper, q, base=10):
    return Integer(lower, upper).loguniform(base).quantized(q)


def randn(mean=0.0, sd=1.0):
    return Float(None, None).normal(mean, sd)


def qrandn(mean, sd, q):
    return Float(None, None).normal(mean, sd).quantized(q)


def sample_from(func):
    return Function(func)


def grid_search(values):
    return {'grid_search': values}


NAMES = ('uniform', 'quniform', 'loguniform', 'qloguniform', 'choice', 'randint', 'lograndint', 'qrandint', 'qlograndint', 'randn',
         'qrandn', 'sample_from', 'grid_search')
