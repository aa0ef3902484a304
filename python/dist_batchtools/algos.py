"""`batchtk.algos`: the searches of newer batchtk, which do without ray. Arguments are theirs; what comes back is a table of the trials."""
import os

from . import domains
from .block import compile_call
from .api import call_of
from .outcome import run_call

SAMPLERS = {None: 'tpe', 'tspe': 'tpe', 'tpe': 'tpe', 'random': 'random', 'nsgaii': 'nsgaii'}
MODES = {'minimize': 'min', 'maximize': 'max', 'min': 'min', 'max': 'max'}


def optuna_search(algo=None, **given):
    """Each of `num_workers` gets a new trial when it is free."""
    if algo not in SAMPLERS:
        raise ValueError('algo {!r} is not known: it is one of random, tspe, nsgaii'.format(algo))
    return searched(given, 'optuna', {'sampler': SAMPLERS[algo]}, batch=False)


def cmaes_search(population_size=None, **given):
    """A generation has `num_workers` trials, or `population_size`."""
    config = {} if population_size is None else {'population_size': population_size}
    return searched(given, 'cmaes', config, batch=True)


def smac_search(**_given):
    raise NotImplementedError('dist has no smac: optuna_search and cmaes_search are there')


def searched(given, algorithm, config, batch):
    """The trials as a data frame; without pandas as the results themselves."""
    space, metrics = given.get('param_space') or {}, given.get('metrics') or {}
    if not metrics:
        raise ValueError("metrics are missing: {'loss': 'minimize'}")
    samplers = given.get('param_space_samplers') or ['float'] * len(space)
    if len(samplers) != len(space):
        raise ValueError('param_space_samplers has {} entries, param_space {}'.format(len(samplers), len(space)))
    config.update(given.get('algo_kwargs') or {})
    if given.get('seed') is not None:
        config['seed'] = given['seed']
    call = call_of({
        'dispatcher_constructor': given.get('dispatcher_constructor'),
        'submit_constructor': given.get('submit_constructor'),
        'job_type': 'sh',
        'run_config': given.get('submit_kwargs'),
        'params': {name: domain(name, sampler, args) for (name, args), sampler in zip(space.items(), samplers)},
        'algorithm': algorithm,
        'algorithm_config': config,
        'label': given.get('study_label'),
        'output_path': given.get('output_path') or given.get('output_dir'),
        'max_concurrent': given.get('num_workers'),
        'batch': batch,
        'num_samples': given.get('num_trials'),
        'metric': list(metrics) if len(metrics) > 1 else next(iter(metrics)),
        'mode': [MODES[way] for way in metrics.values()],
        'report_config': given.get('report'),
        'keys': 'pointers',
    })
    folder = given.get('project_path') or given.get('project_dir') or '.'
    call.cwd = os.path.abspath(os.path.expanduser(folder))
    grid = run_call(compile_call(call)).grid
    try:
        return grid.get_dataframe()
    except ImportError:
        return grid


def domain(name, sampler, args):
    if sampler == 'categorical':
        return domains.choice(args[0] if len(args) == 1 and isinstance(args[0], (list, tuple)) else args)
    low, high = args
    if sampler == 'int':
        return domains.qrandint(low, high, 1)
    if sampler == 'float':
        return domains.uniform(low, high)
    raise ValueError('param_space_samplers of {!r}: {!r} is none of float, int, categorical'.format(name, sampler))
