"""One open search: trial numbers, points that come first, who was told what. Used by serve.py.

An optimiser (by_*.py) has three verbs: ask(number) -> codes or None (it waits for results), place(number, codes): the trial runs with these
codes, drawn by ask or anybody's, and tell(number, losses or None for a failed one), smaller is better. `recomputes`: its suggestions depend
on those it drew before; the others' depend only on what was placed and told, and on the number.
"""
import json
import math
from random import Random

from . import algorithms
from .problem import Problem
from .read_space import read_space
from .seeds import derive
from .settings import Settings

WAITS = object()


class Search:
    def __init__(self, request):
        self.algorithm, settled = algorithms.resolve(request.get('algorithm'))
        self.params = read_space(request.get('space'))
        self.metrics = request.get('metrics') or ['loss']
        self.modes = request.get('modes') or ['min'] * len(self.metrics)
        if len(self.modes) != len(self.metrics) or any(mode not in ('min', 'max') for mode in self.modes):
            raise Problem('bad_request', '`modes` has min or max for each of `metrics`')
        self.seed = whole(request, 'seed', least=0)
        self.batch = whole(request, 'batch', 1)
        self.budget = whole(request, 'budget', 0) or None
        self.notices = []
        config = dict(request.get('algorithm_config') or {}, **settled)
        for key in ('seed', 'random_state', 'random_state_seed'):
            if isinstance(config.get(key), int):
                self.seed = config.pop(key)
        self.settings = Settings(self.algorithm, config)
        self.points = [self.read_point(index, point) for index, point in enumerate(request.get('points_to_evaluate') or [])]
        self.optimiser = make(self)
        self.settings.finish()
        self.placed = []  # codes of each trial, by number
        self.told = {}

    def read_point(self, index, point):
        """Codes of a point; what it leaves out is drawn."""
        if not isinstance(point, dict):
            raise Problem('bad_point', 'points_to_evaluate[%d] is no map' % index)
        unknown = sorted(set(point) - {param.name for param in self.params})
        if unknown:
            raise Problem('bad_point', 'points_to_evaluate[%d]: there is no parameter %s' % (index, unknown[0]))
        random = Random(derive(self.seed, 'point', index))
        drawn = [param.at(random.random()) for param in self.params]
        return self.canonical([param.code(point[param.name]) if param.name in point else code for param, code in zip(self.params, drawn)])

    def canonical(self, codes):
        return [param.code(param.value(code)) for param, code in zip(self.params, codes)]

    def values(self, codes):
        return {param.name: param.value(code) for param, code in zip(self.params, codes)}

    def draw(self, number):
        """Codes for a trial, WAITS when the optimiser wants results first."""
        if number < len(self.points):
            return self.points[number]
        codes = self.optimiser.ask(number)
        return WAITS if codes is None else self.canonical(codes)

    def place(self, codes):
        self.optimiser.place(len(self.placed), codes)
        self.placed.append(codes)

    def ask(self, count):
        """Up to `count` suggestions; fewer when the optimiser waits."""
        fresh = []
        for _ in range(count):
            number = len(self.placed)
            codes = self.draw(number)
            if codes is WAITS:
                break
            self.place(codes)
            fresh.append({'trial': number, 'params': self.values(codes)})
        return fresh

    def tell(self, results):
        """Tells in the order given. The same again is ignored, another result for the same trial is an error. All or nothing is told."""
        fresh = {}
        for result in results:
            number, losses = self.read_result(result)
            before = self.told.get(number, fresh.get(number, WAITS))
            if before is WAITS:
                fresh[number] = losses
            elif before != losses:
                raise Problem('bad_result', 'trial %d was told before, with another result' % number)
        for number, losses in fresh.items():
            self.optimiser.tell(number, losses)
            self.told[number] = losses
        return len(fresh)

    def read_result(self, result):
        """-> (trial, losses); losses are to be minimised, None for a failed trial."""
        number = result.get('trial') if isinstance(result, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(self.placed):
            raise Problem('bad_result', 'there is no trial %s' % json.dumps(number))
        given = [key for key in ('values', 'failed', 'penalty') if key in result]
        if len(given) != 1:
            raise Problem('bad_result', 'trial %d: one of values, failed, penalty' % number)
        if given[0] == 'failed':
            if result['failed'] is not True:
                raise Problem('bad_result', 'trial %d: failed is true' % number)
            return number, None
        values = result[given[0]]
        if given[0] == 'penalty' and not isinstance(values, list):
            # bad for either mode: whoever writes 1e9 does not mean the best of a metric that is to be large
            values = [-values if mode == 'max' and is_number(values) and values > 0 else values for mode in self.modes]
        if not isinstance(values, list) or len(values) != len(self.metrics) or not all(is_number(value) for value in values):
            raise Problem('bad_result', 'trial %d: %s is one finite number for each of %s' % (number, given[0], ', '.join(self.metrics)))
        return number, [float(value) if mode == 'min' else -float(value) for value, mode in zip(values, self.modes)]

    def replay(self, events):
        """Repeats what the caller wrote down; returns the trials for which something else would be suggested now."""
        differs = []
        for event in events:
            if 'tell' in event:
                self.tell(event['tell'])
                continue
            recorded = event['ask']
            for one in recorded:
                number = len(self.placed)
                if one['trial'] != number:
                    raise Problem('bad_history', 'trial %s in the place of trial %d' % (one['trial'], number))
                codes = [param.code(one['params'].get(param.name)) for param in self.params]
                if self.optimiser.recomputes or number < len(self.points):
                    drawn = self.draw(number)
                    if drawn is WAITS or drawn != codes:
                        differs.append({'trial': number, 'now': None if drawn is WAITS else self.values(drawn)})
                self.place(codes)
            if len(recorded) < event.get('n', len(recorded)) and self.optimiser.recomputes:
                # the ask that got nothing may have moved the optimiser on
                self.draw(len(self.placed))
        return differs


def make(search):
    module = algorithms.load(search.algorithm)
    if len(search.metrics) > 1 and not getattr(module, 'MANY', False):
        raise Problem('bad_config', '%s has one metric; several: optuna with sampler tpe, nsgaii, nsgaiii or gp' % search.algorithm)
    try:
        return module.make(search)
    except (TypeError, ValueError, AssertionError, KeyError) as error:
        raise Problem('bad_config', '%s refuses its settings: %s' % (search.algorithm, algorithms.one_line(error)))


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def whole(request, key, default=None, least=None):
    value = request.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
        raise Problem('bad_request', '`%s` is no whole number%s' % (key, '' if least is None else ' from %d on' % least))
    return value
