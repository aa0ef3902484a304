"""What search() returns: the methods of ray.tune's ResultGrid that scripts use, over the trials that dist ran."""
import math
from collections import namedtuple

from . import table

try:
    from importlib.metadata import PackageNotFoundError, version
except ImportError:  # Python 3.7
    PackageNotFoundError, version = ImportError, None


class Result:
    """One trial. `metrics`: what it sent, and its metrics as numbers; `config`: what it was sent; `error`: None where all is well."""

    def __init__(self, number, label, path, config, sent, metrics, error, seconds, node):
        self.number = number
        self.label = label
        self.path = path
        self.config = config
        self.sent = sent
        self.error = error
        self.metrics = dict(sent, **metrics)
        self.metrics.update(trial_id='{:05d}'.format(number), config=config, done=True, time_total_s=seconds, hostname=node)
        if sent:
            self.metrics['data'] = sent
        self.checkpoint = None

    @property
    def metrics_dataframe(self):
        return pandas().DataFrame([{key: value for key, value in self.metrics.items() if key not in ('config', 'data')}])

    def __repr__(self):
        shown = {key: value for key, value in self.metrics.items() if key not in ('config', 'data', 'done', 'trial_id')}
        return 'Result(metrics={!r}, config={!r}, path={!r}, error={!r})'.format(shown, self.config, self.path, self.error)


class ResultGrid:
    def __init__(self, trials, compiled, end):
        self._trials = trials
        self._compiled = compiled
        self.end = end

    def __len__(self):
        return len(self._trials)

    def __getitem__(self, index):
        return self._trials[index]

    def __iter__(self):
        return iter(self._trials)

    @property
    def results(self):
        """Itself: scripts of either generation find it."""
        return self

    @property
    def data(self):
        return pandas().DataFrame(table.rows(self._trials, self.columns(self._compiled.prune)))

    @property
    def errors(self):
        return [trial.error for trial in self._trials if trial.error is not None]

    @property
    def num_errors(self):
        return len(self.errors)

    @property
    def num_terminated(self):
        return len(self._trials) - self.num_errors

    @property
    def experiment_path(self):
        return self._compiled.output_path

    def columns(self, prune):
        return table.columns(self._trials, self._compiled, prune)

    def get_dataframe(self, filter_metric=None, filter_mode=None):
        """`config/<param>` columns as ray has them; one row a trial."""
        return pandas().DataFrame(table.rows(self._trials, self.columns(False)))

    def get_best_result(self, metric=None, mode=None, scope='last', filter_nan_and_inf=True):
        name = metric or self._metric()
        mode = mode or self._mode(name)
        if mode not in ('min', 'max'):
            raise ValueError("mode is 'min' or 'max', not {!r}".format(mode))
        measured = [(number_of(trial.metrics.get(name)), trial) for trial in self._trials]
        measured = [(value, trial) for value, trial in measured
                    if value is not None and (math.isfinite(value) or not filter_nan_and_inf)]
        if not measured:
            raise RuntimeError('no trial has a number for the metric {!r}; {} of {} trials have an error, the first is: {}'.format(
                name, self.num_errors, len(self), self.errors[0] if self.errors else 'none'))
        # the first of equals
        return (min if mode == 'min' else max)(measured, key=lambda pair: pair[0])[1]

    def _metric(self):
        metrics = self._compiled.metrics
        if len(metrics) == 1:
            return metrics[0]
        if not metrics and any('loss' in trial.metrics for trial in self._trials):
            return 'loss'
        raise ValueError('say which: get_best_result(metric=..., mode=...); the search has {} metrics'.format(len(metrics)))

    def _mode(self, name):
        metrics, modes = self._compiled.metrics, self._compiled.modes
        return modes[metrics.index(name)] if name in metrics and len(modes) == len(metrics) else modes[0]

    def __repr__(self):
        return 'ResultGrid<{} trials, {} errors>'.format(len(self), self.num_errors)


class Study:
    """The pair (results, data) of netpyne 1.1; what it has not itself it asks its results for."""

    def __init__(self, grid):
        self.results = grid

    @property
    def data(self):
        return self.results.data

    def __iter__(self):
        return iter((self.results, self.data))

    def __getitem__(self, index):
        return (self.results, self.data)[index]

    def __len__(self):
        return 2

    def __getattr__(self, name):
        if name.startswith('__') or name == 'results':
            raise AttributeError(name)
        return getattr(self.results, name)


Algo = namedtuple('Algo', 'best_trial, best_trials, best_params, best_value, trials')
Trial = namedtuple('Trial', 'number, params, values, value')
AlgoStudy = namedtuple('Study', 'algo, results')


def algo_study(grid):
    """Of ray_optuna_search: the part of optuna's study that reads."""
    names = grid._compiled.metrics
    trials = []
    for result in grid:
        values = [number_of(result.metrics.get(name)) for name in names]
        params = {key: value for key, value in result.config.items() if key not in grid._compiled.keys}
        trials.append(Trial(result.number, params, None if None in values else values, values[0] if values else None))
    signs = [1 if grid._mode(name) == 'min' else -1 for name in names]
    whole = [trial for trial in trials if trial.values is not None]
    front = [trial for trial in whole if not any(dominates(other, trial, signs) for other in whole)]
    best = front[0] if len(names) == 1 and front else None
    return AlgoStudy(Algo(best, front, None if best is None else best.params, None if best is None else best.value, trials), grid)


def dominates(a, b, signs):
    pairs = [(sign * x, sign * y) for sign, x, y in zip(signs, a.values, b.values)]
    return all(x <= y for x, y in pairs) and any(x < y for x, y in pairs)


def number_of(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def returns_bare_grid():
    """netpyne before 1.1 returned ray's ResultGrid, the documents say so too; after it a pair."""
    try:
        parts = version('netpyne').split('.')
    except (PackageNotFoundError, TypeError):
        return False
    return parts[0] == '0' or (parts[0] == '1' and parts[1] == '0')


def pandas():
    try:
        import pandas as found
    except ImportError as error:
        raise ImportError('a table of the results needs pandas, which this Python has not: python3 -m pip install pandas; '
                          'without it, .results has every trial and the csv every row') from error
    return found
