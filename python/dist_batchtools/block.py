"""From a script's call to the `search:` block of a jobset file (docs/search.md), as JSON whose numbers keep their types."""
import json
import os
import re
from collections import OrderedDict
from dataclasses import dataclass

from .samplers import sampler_name
from .space import compile_space
from .typed import Unsendable, plain

GRIDS = ('variant_generator', 'grid', 'random')
# arguments that go into the block as they are
SAME = ('max_concurrent', 'batch', 'num_samples', 'prune_metadata')
# what dist has no use for; the second ones are worth a word when they are given
UNUSED = ('sample_interval', 'clean_checkpoint', 'advanced_logging', 'checkpoint_path')
TOLD_UNUSED = ('remote_dir', 'host', 'key', 'ray_config')
# settings of ray's searchers that have no meaning without ray
RAY_ONLY = ('storage', 'study_name', 'space', 'evaluated_rewards', 'verbose', 'patience', 'skip_duplicate', 'analysis')
KNOWN = set(SAME) | set(UNUSED) | set(TOLD_UNUSED) | {'algorithm', 'algorithm_config', 'label', 'output_path', 'metric', 'mode', 'attempt_restore',
                                   'report_config', 'file_cleanup', 'keys'}
# what carries a trial's folder and label, by dialect
KEYS = {'netpyne': ('saveFolder', 'simLabel'), 'pointers': ('_batchtk_path_pointer', '_batchtk_label_pointer')}


@dataclass
class Call:
    """A call of search(): `job` sh, sge or slurm; `comm` None = not said; `command` of the script's own class; `rest`: its other arguments."""
    job: str
    comm: str
    run_config: dict
    command: str
    params: dict
    cwd: str
    rest: dict


@dataclass
class Compiled:
    """What is sent to dist, and what the results need to know of the call."""
    request: dict
    metrics: list
    modes: list
    label: str
    output_path: str
    # as the script wrote it: so it is in the results of batchtools
    save_folder: str
    keys: tuple
    prune: bool
    groups: tuple
    reports: bool


def compile_call(call):
    rest = call.rest
    unknown = [name for name in rest if name not in KNOWN]
    if unknown:
        raise TypeError('search() got an unexpected keyword argument {!r}'.format(unknown[0]))
    algorithm = rest.get('algorithm') or 'variant_generator'
    config, notices = algorithm_config(rest.get('algorithm_config') or {})
    metric, mode = config.pop('metric', rest.get('metric')), config.pop('mode', rest.get('mode') or 'min')
    concurrent, batch = config.pop('max_concurrent', None), config.pop('batch', None)
    if metric is None and algorithm not in GRIDS:
        raise ValueError('a metric (string) must be specified for optimization searches')
    label = rest.get('label') or 'search'
    given_path = str(rest.get('output_path') or './batch')
    output_path = absolute(call.cwd, given_path)
    num_samples = int(rest.get('num_samples') or 1)
    params, points = compile_space(call.params, algorithm, num_samples, label)
    block = OrderedDict(label=label)
    block['job_type'] = call.job
    if call.comm is not None:
        block['comm_type'] = call.comm
    run_config = {key: value for key, value in call.run_config.items() if value is not None}
    if call.command is not None:
        run_config['command'] = call.command
    if not isinstance(run_config.get('command'), str) or not run_config['command'].strip():
        raise ValueError("run_config has no 'command': what should a trial run?")
    ranks = ranks_of(run_config['command'])
    if ranks is not None and not any(key in run_config for key in ('cores', 'coresPerNode')):
        run_config['cores'] = ranks
        notices.append('a trial has {} cores, as many as its command starts processes (--resources cores=N says otherwise)'.format(ranks))
    block['run_config'] = {str(key): plain(value, 'run_config[{!r}]'.format(key)) for key, value in run_config.items()}
    block['params'] = params
    block['algorithm'] = algorithm
    if config and algorithm not in GRIDS:
        block['algorithm_config'] = config
    # a grid whose metric nobody names collects whatever is sent
    block['metric'] = 'none' if metric is None else as_words(metric)
    block['mode'] = as_words(mode)
    block['num_samples'] = num_samples
    block['max_concurrent'] = int(rest.get('max_concurrent') or 1 if concurrent is None else concurrent)
    if algorithm not in GRIDS:
        # it has no effect on a grid, there as here
        block['batch'] = bool(rest.get('batch', True) if batch is None else batch)
    if points:
        block['points_to_evaluate'] = points
    groups = as_list(rest.get('report_config') or ('path', 'config', 'data'))
    prune = bool(rest.get('prune_metadata', True))
    if groups != ['path', 'config', 'data']:
        block['report'] = groups
    if not prune:
        block['prune_metadata'] = False
    keys = rest.get('keys', 'netpyne')
    if keys != 'netpyne':
        block['batchtk'] = {'keys': keys}
    cleanup = rest.get('file_cleanup', True)
    request = {
        'op': 'search',
        'label': label,
        'cwd': call.cwd,
        'output_path': output_path,
        'checkpoint_path': absolute(call.cwd, str(rest.get('checkpoint_path') or './checkpoint')),
        'attempt_restore': bool(rest.get('attempt_restore', True)),
        'keep_files': cleanup is False,
        'notices': notices + ['{} is not needed here: agents run on the nodes, and there is no ray'.format(name)
                              for name in TOLD_UNUSED if rest.get(name) is not None],
        # text in text: dist reads it by the rules of a jobset file, where 3.0 is no whole number
        'search': json.dumps(block, allow_nan=False),
    }
    metrics = [] if metric is None else as_list(metric)
    return Compiled(request, metrics=metrics, modes=as_list(mode), label=label, output_path=output_path, save_folder=given_path,
                    keys=KEYS[keys], prune=prune, groups=groups, reports=call.comm not in (None, 'none'))


def ranks_of(command):
    """Processes that mpiexec is told to start; None where it is not said, or by a variable."""
    found = re.search(r'\b(?:mpiexec|mpirun|orterun)\b[^;|&\n]*?\s-(?:n|np)\s+(\d+)', command)
    return int(found.group(1)) if found and int(found.group(1)) > 1 else None


def absolute(cwd, path):
    return os.path.normpath(os.path.join(cwd, os.path.expanduser(path)))


def as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def as_words(value):
    return list(value) if isinstance(value, (list, tuple)) else value


def algorithm_config(given):
    """JSON of it, and what was left out."""
    config, notices = {}, []
    for key, value in given.items():
        if key in RAY_ONLY:
            notices.append('algorithm_config[{!r}] is a matter of ray and has no effect here'.format(key))
            continue
        if value is None:
            continue
        name = sampler_name(value) if key == 'sampler' else None
        if name is not None:
            notices.append('the sampler {} is made anew by dist with its own defaults: its settings belong into algorithm_config'.format(
                type(value).__name__))
            value = name
        try:
            config[str(key)] = as_words(plain(value, 'algorithm_config[{!r}]'.format(key)))
        except Unsendable as error:
            raise Unsendable('{}; write what it is made of'.format(error)) from error
    return config, notices
