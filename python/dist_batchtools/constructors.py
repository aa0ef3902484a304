"""What a script's `dispatcher_constructor` and `submit_constructor` come to: how its jobs report, where they would be submitted, and
what they run. Classes are known by their names and templates, so it does not matter which batchtk made them."""
import shlex

from .stock import STOCK_MODULES

# what the templates call things -> where a job of dist finds them
PLACES = {
    'project_path': '.',
    'project_dir': '.',
    'output_path': '$DIST_SAVE_DIR',
    'output_dir': '$DIST_SAVE_DIR',
    'label': '$DIST_JOB',
    # the environment is set already, without a shell
    'env': '',
    'handles': '',
    'sockname': '$SOCNAME',
    'socket_name': '$SOCNAME',
    'stdout': '$DIST_SAVE_DIR/$DIST_JOB.run',
    'stderr': '$DIST_SAVE_DIR/$DIST_JOB.err',
}


def comm_of(dispatcher):
    """socket, unix, filesystem or none."""
    names = ' '.join(cls.__name__ for cls in getattr(as_class(dispatcher), '__mro__', ()))
    for word, comm in (('Grid', 'none'), ('NOF', 'none'), ('UNIX', 'unix'), ('INET', 'socket'), ('SOCKET', 'socket'), ('SFS', 'filesystem'),
                       ('QS', 'filesystem'), ('Local', 'filesystem'), ('SSH', 'filesystem')):
        if word in names:
            return comm
    return 'none'


def as_class(constructor):
    """The class of a class, an instance or a functools.partial."""
    constructor = getattr(constructor, 'func', constructor)
    return constructor if isinstance(constructor, type) else type(constructor)


class Submission:
    """`job_type`: sh, sge or slurm. `command`: None where run_config has it."""

    def __init__(self, job_type, command):
        self.job_type = job_type
        self.command = command


def submission_of(constructor, run_config):
    submit = constructor() if callable(constructor) else constructor
    submit_text = text_of(submit, 'submit_template', 'COMMAND_TEMPLATE')
    script = text_of(submit, 'script_template', 'SCRIPT_TEMPLATE')
    job_type = job_type_of(submit_text, script)
    if script is None or is_stock(submit, script):
        return Submission(job_type, None)
    return Submission(job_type, rendered(script, run_config))


def text_of(submit, *names):
    for name in names:
        found = getattr(submit, name, None)
        text = getattr(found, 'template', found)
        if isinstance(text, str):
            return text
    return None


def job_type_of(submit_text, script):
    text = submit_text or ''
    if 'sbatch' in text or (script is not None and '#SBATCH' in script):
        return 'slurm'
    return 'sge' if 'qsub' in text or (script is not None and '\n#$ ' in script) else 'sh'


def is_stock(submit, script):
    """The template is one that batchtools ships: dist does what it does, with its own means."""
    for cls in type(submit).__mro__:
        if cls.__module__ in STOCK_MODULES and cls.__module__ != 'builtins':
            own = cls.__dict__.get('script_template', cls.__dict__.get('SCRIPT_TEMPLATE'))
            if getattr(own, 'template', own) == script:
                return True
    return type(submit).__module__ in STOCK_MODULES


class Fields(dict):
    """A field that nobody fills stays in the script as it is written, as in batchtools."""

    def __missing__(self, key):
        return '{' + key + '}'


def rendered(script, run_config):
    """The class's own script as a command: its interpreter runs it, and what it puts into the background is waited for."""
    text = script.format_map(Fields(dict(run_config, **PLACES)))
    lines = [line.strip() if line.lstrip().startswith('#') else line for line in text.split('\n')]
    first = lines[0] if lines else ''
    shell = first[2:].strip() if first.startswith('#!') else '/bin/bash' if '#SBATCH' in text or '\n#$ ' in text else '/bin/sh'
    ended = 'dist_status=$?\nif [ -n "$!" ]; then wait "$!"; dist_status=$?; fi\nwait\nexit $dist_status\n'
    return 'exec {} -c {}'.format(shell, shlex.quote('\n'.join(lines).rstrip('\n') + '\n' + ended))
