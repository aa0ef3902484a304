"""How much each parameter explains of a metric: optuna's fANOVA on trials that are told, whoever suggested them. Used by serve.py.

What values a parameter may have is taken from the trials: fANOVA looks at nothing outside of them. A parameter that has one value in all
trials explains nothing and is left out before.
"""
import json
import math

from .algorithms import missing_for
from .problem import Problem

# a forest of them takes 20 s, of 20 000 eight minutes
MOST = 2000
LEAST = 4


def importance(trials, seed=0):
    """`trials`: [{params: {name: value}, value: number}] -> {importances: {name: share of the variance}, trials: how many, notices}."""
    optuna = load()
    rows = [read(trial) for trial in trials]
    notices = []
    if len(rows) > MOST:
        rows = [rows[index * len(rows) // MOST] for index in range(MOST)]
        notices.append('%d of %d trials, spread over all of them' % (MOST, len(trials)))
    names = list(dict.fromkeys(name for params, _ in rows for name in params))
    whole = [name for name in names if all(name in params for params, _ in rows)]
    columns = {name: Column(optuna, [params[name] for params, _ in rows]) for name in whole}
    varied = [name for name in whole if columns[name].varies]
    if len(rows) < LEAST:
        raise Problem('bad_request', 'importances want at least %d trials with a result, there are %d' % (LEAST, len(rows)))
    if not varied:
        raise Problem('bad_request', 'every parameter has the same value in all trials')
    if len({value for _, value in rows}) == 1:
        raise Problem('bad_request', 'the metric has the same value in all trials')
    study = optuna.create_study()
    keys = {'p%05d' % index: name for index, name in enumerate(varied)}
    distributions = {key: columns[name].distribution for key, name in keys.items()}
    for index, (_, value) in enumerate(rows):
        params = {key: columns[name].codes[index] for key, name in keys.items()}
        study.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=value))
    found = optuna.importance.get_param_importances(study, evaluator=optuna.importance.FanovaImportanceEvaluator(seed=seed))
    shares = {keys[key]: float(share) for key, share in found.items()}
    shares.update((name, 0.0) for name in names if name not in shares)
    return {'importances': shares, 'trials': len(rows), 'notices': notices}


class Column:
    """A parameter's values in all trials, and what they may be: numbers from the least to the greatest, or options."""

    def __init__(self, optuna, values):
        texts = [json.dumps(value, sort_keys=True) for value in values]
        self.varies = len(set(texts)) > 1
        if all(is_number(value) for value in values):
            low, high = min(values), max(values)
            self.varies = low < high
            self.codes = [float(value) for value in values]
            self.distribution = optuna.distributions.FloatDistribution(float(low), float(high))
        else:
            options = sorted(set(texts))
            self.codes = [options.index(text) for text in texts]
            self.distribution = optuna.distributions.CategoricalDistribution(list(range(len(options))))


def read(trial):
    params = trial.get('params') if isinstance(trial, dict) else None
    value = trial.get('value') if isinstance(trial, dict) else None
    if not isinstance(params, dict) or not is_number(value):
        raise Problem('bad_request', 'a trial has `params` and a finite number as `value`: %.100s' % json.dumps(trial))
    return params, float(value)


def load():
    try:
        import sklearn  # noqa: F401, fANOVA grows its forest with it
        import optuna.importance
    except Exception as error:  # a broken package may raise anything
        raise missing_for('importance', 'optuna scikit-learn', error)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
