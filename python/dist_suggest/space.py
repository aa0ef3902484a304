"""The search space as the request has it (docs/suggest-protocol.md), and each parameter as a code that any optimiser can handle.

A code is a float between two bounds (`real`), a step's number (`steps`) or an option's number (`choice`). A value is what the job gets.
code(value(c)) is the code that belongs to the value: what is drawn again from a history must not depend on digits that a value does not have.
"""
import json
import math
from statistics import NormalDist

from .problem import Problem

# Steps into which a normal distribution is cut by probability, for optimisers that know no such thing: the outermost lie at 4.9 sd.
QUANTILES = 1 << 20
WHOLE = 1 << 53


class Real:
    """low <= x <= high, evenly or in its logarithm; `step`: on low, low + step, … (only with log: else it is Steps)."""
    form = 'real'

    def __init__(self, name, low, high, log, step=None, whole=False):
        self.name, self.low, self.high, self.log, self.step, self.whole = name, low, high, log, step, whole

    def value(self, code):
        x = min(max(float(code), self.low), self.high)
        if self.step is None:
            return x
        steps = min(round((x - self.low) / self.step), math.floor((self.high - self.low) / self.step + 1e-9))
        x = self.low + steps * self.step
        return int(round(x)) if self.whole else x

    def code(self, value):
        x = number(self.name, value)
        if not self.low <= x <= self.high:
            raise outside(self.name, value, self.low, self.high)
        if self.step is not None and not near(x, self.value(x)):
            raise off_step(self.name, value, self.value(x))
        return float(x)

    def at(self, u):
        """The code at the fraction u of the range, 0 <= u <= 1."""
        if self.log:
            return math.exp(math.log(self.low) + u * (math.log(self.high) - math.log(self.low)))
        return self.low + u * (self.high - self.low)

    def fraction(self, code):
        if self.low == self.high:
            return 0.5
        if self.log:
            return (math.log(code) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (code - self.low) / (self.high - self.low)


class Stepped:
    """What has numbered values: at and fraction put each number in the middle of its share of 0..1."""

    def at(self, u):
        return min(int(u * self.count), self.count - 1)

    def fraction(self, code):
        return (code + 0.5) / self.count


class Steps(Stepped):
    form = 'steps'

    def __init__(self, name, low, step, count, whole):
        self.name, self.low, self.step, self.count, self.whole = name, low, step, count, whole

    def value(self, code):
        x = self.low + int(code) * self.step
        return x if self.whole else float(x)

    def code(self, value):
        x = number(self.name, value)
        last = self.value(self.count - 1)
        if not (self.low <= x <= last or near(x, self.low) or near(x, last)):
            raise outside(self.name, value, self.low, last)
        code = min(max(int(round((x - self.low) / self.step)), 0), self.count - 1)
        if not near(self.value(code), x):
            raise off_step(self.name, value, self.value(code))
        return code


class Normal(Stepped):
    form = 'steps'
    count = QUANTILES

    def __init__(self, name, mean, sd, step):
        self.name, self.step, self.normal = name, step, NormalDist(mean, sd)

    def value(self, code):
        x = self.normal.inv_cdf(self.fraction(int(code)))
        return x if self.step is None else round(x / self.step) * self.step

    def code(self, value):
        return self.at(self.normal.cdf(number(self.name, value)))


class Choice(Stepped):
    form = 'choice'

    def __init__(self, name, values):
        self.name, self.values, self.count = name, values, len(values)

    def value(self, code):
        return self.values[int(code)]

    def code(self, value):
        for index, one in enumerate(self.values):
            # True == 1 in Python, not in JSON
            if one == value and isinstance(one, bool) == isinstance(value, bool):
                return index
        raise Problem('bad_point', 'parameter %s has no option %s' % (self.name, json.dumps(value)))


def near(a, b):
    return abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))


def number(name, value):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Problem('bad_point', 'parameter %s: %s is no finite number' % (name, json.dumps(value)))
    return value


def outside(name, value, low, high):
    return Problem('bad_point', 'parameter %s: %s is outside %s..%s' % (name, value, low, high))


def off_step(name, value, nearest):
    return Problem('bad_point', 'parameter %s: %s is on no step, the nearest is %s' % (name, value, nearest))
