"""`netpyne.batchtools.search` as a script sees it: the functions of both generations, with their arguments and return forms. Each
compiles its arguments to a `search:` block, lets dist run it, and hands back what came of it."""
import os
from collections import namedtuple

from . import domains
from .block import Call, compile_call
from .constructors import comm_of, submission_of
from .outcome import run_call
from .stock import dispatcher_classes, submit_classes, Submit

choice = domains.choice
grid = domains.grid_search
uniform = domains.uniform

constructors = namedtuple('constructors', 'dispatcher, submit')

MISSING = object()
COMMS = {'socket': 'socket', 'inet': 'socket', 'unix': 'unix', 'sfs': 'filesystem', 'filesystem': 'filesystem', 'sftp': 'filesystem',
         'none': 'none', None: 'none'}
JOBS = {'sh': 'sh', 'zsh': 'sh', 'sge': 'sge', 'ssh_sge': 'sge', 'slurm': 'slurm', 'ssh_slurm': 'slurm'}
NEW_ORDER = ('dispatcher_constructor', 'submit_constructor', 'job_type', 'comm_type', 'run_config', 'params', 'algorithm', 'label')
OLD_ORDER = NEW_ORDER[2:]
RAY_ORDER = NEW_ORDER[:2] + NEW_ORDER[4:]
RAY_OPTUNA_ORDER = RAY_ORDER[:4] + ('label',)


def search(*args, **kwargs):
    """As of netpyne 1.1; without keywords also in the order of 1.0."""
    order = OLD_ORDER if args and isinstance(args[0], str) else NEW_ORDER
    return run_call(compile_call(call_of(named(args, kwargs, order)))).study()


def ray_search(*args, **kwargs):
    return run_call(compile_call(call_of(named(args, kwargs, RAY_ORDER)))).study()


def ray_optuna_search(*args, **kwargs):
    """Gives (algo, results), whose `algo` has the best trials as optuna's study does."""
    given = named(args, kwargs, RAY_OPTUNA_ORDER)
    given.setdefault('label', 'optuna_search')
    given.setdefault('output_path', '../batch')
    given.setdefault('metric', 'loss')
    given['algorithm'] = 'optuna'
    given['algorithm_config'] = dict(given.pop('optuna_config', None) or {}, **(given.get('algorithm_config') or {}))
    return run_call(compile_call(call_of(given))).algo_study()


def generate_constructors(job_type, comm_type='socket', **_kwargs):
    """Classes that search() knows again. Unknown words are a ValueError, as in batchtools."""
    if job_type not in JOBS or comm_type not in COMMS:
        raise ValueError('Invalid job_type or comm_type pairing: {!r}, {!r}'.format(job_type, comm_type))
    dispatchers, submits = dispatcher_classes(), submit_classes(Submit)
    comm = COMMS[comm_type]
    dispatcher = {'socket': 'INETDispatcher', 'unix': 'UNIXDispatcher', 'filesystem': 'SFSDispatcher', 'none': 'Dispatcher'}[comm]
    submit = {'sh': 'SH', 'sge': 'SGE', 'slurm': 'Slurm'}[JOBS[job_type]]
    return constructors(dispatchers[dispatcher], submits[submit + 'Submit'])


def generate_parameters(params, algorithm='variant_generator', **_kwargs):
    return dict(params)


def load_search(path, prune_metadata=True):
    raise NotImplementedError('dist keeps no checkpoint of ray: run the script again, which fetches what is there, or see `dist results`')


def named(args, kwargs, order):
    if len(args) > len(order):
        raise TypeError('search() takes its arguments by name; {} without one is too many'.format(len(args)))
    given = dict(zip(order, args))
    for name, value in kwargs.items():
        if name in given:
            raise TypeError('search() got multiple values for argument {!r}'.format(name))
        given[name] = value
    return given


def call_of(given):
    """Checks what batchtools checks, in its words, and says what the job is."""
    given = dict(given)
    job_type, comm_type = given.pop('job_type', None), given.pop('comm_type', MISSING)
    dispatcher, submit = given.pop('dispatcher_constructor', None), given.pop('submit_constructor', None)
    run_config = dict(given.pop('run_config', None) or {})
    params = given.pop('params', None)
    if params is None:
        raise ValueError('missing parameters, specify params')
    command = None
    if submit is not None:
        submission = submission_of(submit, run_config)
        job, command = submission.job_type, submission.command
    elif job_type is None and dispatcher is None:
        raise ValueError('missing job method: specify a job_type and a comm_type, or a dispatcher_constructor and a submit_constructor')
    else:
        job = JOBS.get(job_type or 'sh')
        if job is None:
            raise ValueError('Invalid job_type {!r}: it is one of {}'.format(job_type, ', '.join(JOBS)))
    if dispatcher is not None:
        comm = comm_of(dispatcher)
    elif comm_type is MISSING:
        comm = None
    else:
        comm = COMMS.get(comm_type)
        if comm is None:
            raise ValueError('Invalid comm_type {!r}: it is one of socket, unix, filesystem, sfs, sftp and None'.format(comm_type))
    return Call(job=job, comm=comm, run_config=run_config, command=command, params=params, cwd=os.getcwd(), rest=given)
