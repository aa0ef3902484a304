"""Rows and columns of the results, and the csv in the form that released batchtools leaves in the current folder."""
import csv
import os

GROUPS = ('path', 'config', 'data')


def columns(trials, compiled, prune):
    """(name in the table, function of a trial) in their order. `prune`: label, path, bare parameters, what was sent; else also what ray
    would tell, with `config/` before parameters."""
    sent = ordered(key for trial in trials for key in trial.sent)
    config = ordered(key for trial in trials for key in trial.config)
    groups = {
        'path': [('trial_label', lambda trial: trial.label), ('trial_path', lambda trial: trial.path)],
        'config': [(name, lambda trial, name=name: trial.config.get(name)) for name in config],
        'data': [(name, lambda trial, name=name: trial.sent.get(name)) for name in sent],
    }
    if not prune:
        of_ray = [('trial_id', lambda trial: trial.metrics['trial_id']), ('time_total_s', lambda trial: trial.metrics['time_total_s']),
                  ('hostname', lambda trial: trial.metrics['hostname'])]
        prefixed = [('config/' + name, get) for name, get in groups['config']]
        return groups['data'] + groups['path'] + of_ray + prefixed + [('logdir', lambda trial: trial.path)]
    merged = {}
    for group in compiled.groups:
        for name, get in groups.get(group, ()):
            # a later group wins, in the place of the earlier one
            merged[name] = preferring(get, merged[name]) if name in merged else get
    return list(merged.items())


def preferring(get, other):
    return lambda trial: other(trial) if get(trial) is None else get(trial)


def ordered(names):
    return list(dict.fromkeys(names))


def rows(trials, cols):
    return [{name: number(get(trial)) for name, get in cols} for trial in trials]


def number(value):
    """As batchtools: a float of whatever can be one."""
    if value is None or isinstance(value, (list, tuple, dict)):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def shown(value):
    value = number(value)
    return '' if value is None else repr(value) if isinstance(value, float) else str(value)


def write_table(path, cols, trials):
    """An index column first. Written beside and moved: a reader never sees half of it."""
    part = '{}.{}.part'.format(path, os.getpid())
    with open(part, 'w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow([''] + [name for name, _ in cols])
        for index, trial in enumerate(trials):
            writer.writerow([index] + [shown(get(trial)) for _, get in cols])
    os.replace(part, path)
