"""Rosenbrock's function at the point that a trial has: a long curved valley, 0 at (1, 1, …).

Plain Python: values come in input/params.json, the result is one line of output.
"""
import json

params = json.load(open('input/params.json'))


def point():
    """Coordinates, in whichever of three ways a search names them: x0, x1 or xn.0, xn.1, …, or all of them as one value."""
    if 'x0_x1' in params:
        return params['x0_x1']
    names = [name for name in params if name.startswith('x')]
    return [params[name] for name in sorted(names, key=lambda name: int(name.replace('xn.', '').replace('x', '')))]


def rosenbrock(x):
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


print('DIST_METRIC loss=%r' % rosenbrock(point()))
