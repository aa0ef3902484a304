"""Stand-ins for what batchtk and netpyne.batchtools offer a search script, for interpreters that have neither. Templates are named, not
written out: dist runs the command itself. A script's own classes bring their templates."""
import os

STOCK_MODULES = ('batchtk.runtk.submits', 'batchtk.runtk.dispatchers', 'netpyne.batchtools.submits', 'netpyne.batchtools.search',
                 'dist_batchtools.stock')

DISPATCHERS = ('Dispatcher', 'SHDispatcher', 'QSDispatcher', 'SFSDispatcher', 'LocalDispatcher', 'SSHDispatcher', 'SOCKETDispatcher',
               'INETDispatcher', 'UNIXDispatcher', 'NOFDispatcher')
SUBMITS = {
    'SHSubmit': 'sh', 'SHSubmitSFS': 'sh', 'SHSubmitSOCK': 'sh', 'ZSHSubmit': 'sh', 'ZSHSubmitSFS': 'sh', 'ZSHSubmitSOCK': 'sh',
    'SGESubmit': 'qsub', 'SGESubmitSFS': 'qsub', 'SGESubmitSOCK': 'qsub', 'SGESubmitSSH': 'qsub',
    'SlurmSubmit': 'sbatch', 'SlurmSubmitSFS': 'sbatch', 'SlurmSubmitSOCK': 'sbatch', 'SlurmSubmitSSH': 'sbatch',
}


class Template:
    """A text with {fields}."""

    def __init__(self, template, key_args=None, **_more):
        self.template = getattr(template, 'template', template)
        self.key_args = set(key_args or ())

    def __repr__(self):
        return self.template

    def format(self, **fields):
        return self.template.format(**fields)


class Submit:
    """Keeps the templates; a subclass may have them as attributes of its class."""

    def __init__(self, submit_template=None, script_template=None, path_template=None, handles=None, **_more):
        for name, given in (('submit_template', submit_template), ('script_template', script_template), ('path_template', path_template)):
            value = given if given is not None else getattr(type(self), name, None)
            if value is not None:
                setattr(self, name, value if isinstance(value, Template) else Template(value))
        self.handles = handles

    def update_templates(self, **_fields):
        pass


class _Dispatcher:
    def __init__(self, *_args, **_kwargs):
        raise RuntimeError('dist starts the jobs of a search; a dispatcher has nothing to do here')


def dispatcher_classes():
    return {name: type(name, (_Dispatcher,), {'__module__': __name__}) for name in DISPATCHERS}


def submit_classes(base):
    """One for each of batchtools' own, of `base`: the Submit of the batchtk that is there, or the one above."""
    def made(name, program):
        def init(self, *_args, **_kwargs):
            script = getattr(type(self), 'script_template', None) or '{command}'
            base.__init__(self, submit_template=program + ' {output_path}/{label}.sh', script_template=script)
        return type(name, (base,), {'__module__': __name__, '__init__': init, 'script_args': {'command'}})
    return {name: made(name, program) for name, program in SUBMITS.items()}


# names of a job's files, as batchtk.runtk has them
HANDLES = {
    'SUBMIT': 'submit', 'STDOUT': 'stdout', 'MSGOUT': 'write_file', 'SGLOUT': 'signal_file', 'SOCKET': 'socket_name', 'JOBID': 'job_id',
    'MSGOUT_ENV': 'MSGFILE', 'SGLOUT_ENV': 'SGLFILE', 'SOCKET_ENV': 'SOCNAME', 'JOBID_ENV': 'JOBID', 'EQDELIM': '*=', 'GREPSTR': 'RUNTK',
}


def get_path(path, create_dirs=False, **_more):
    whole = os.path.abspath(os.path.expanduser(path))
    if create_dirs:
        os.makedirs(whole, exist_ok=True)
    return whole


def create_path(path, *_more):
    os.makedirs(get_path(path), exist_ok=True)
    return True
