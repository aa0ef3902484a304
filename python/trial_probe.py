"""Looks, before the first trial of a search in an environment, whether batchtools works there. Netpyne hides when it does not.

Run by a trial's shell after `setup`, in the folder of the trial (node-agent/stage/trial-probe.ts), as
`python3 -I -S trial_probe.py <request> [interpreter of the trial...]`. Ends with 0, and what it prints is for the shell; or with 78
and a verdict in a file: no trial can work here. An answer that is good is kept in a file, so that the next trials need no
look; one look at a time. What cannot be found out stops nothing. Standard library only, Python 3.8 or newer.
"""
import fcntl
import json
import os
import re
import shlex
import subprocess
import sys

import trial_sources as sources

PATIENCE = 600  # s; importing netpyne from a busy network disk takes its time
WRONG = 78
MARK = 'dist-probe '
PACKAGES = {'sklearn': 'scikit-learn', 'dotenv': 'python-dotenv', 'netpyne': 'netpyne==1.1.1', 'batchtk': 'batchtk==0.1.6'}
NEEDED = ['batchtk', 'netpyne', 'neuron', 'optuna', 'sklearn']
# Runs in the trial's interpreter; argument: whether netpyne is imported too.
QUESTION = r'''
import importlib.util, json, sys
found = {'python': sys.executable, 'delimiter': None, 'batchtk': None, 'netpyne': None}
def missing(names):
    return [name for name in names if importlib.util.find_spec(name) is None]
def why(error, names):
    text = '%s: %s' % (type(error).__name__, error)
    return {'text': text, 'import': isinstance(error, ImportError), 'name': getattr(error, 'name', None), 'missing': missing(names)}
try:
    from batchtk import runtk
    found['delimiter'] = getattr(runtk, 'EQDELIM', '=')
except Exception as error:
    found['batchtk'] = why(error, ['batchtk'])
if sys.argv[1] == 'netpyne':
    try:
        import netpyne.batchtools
    except Exception as error:
        found['netpyne'] = why(error, json.loads(sys.argv[2]))
print('\n' + 'dist-probe ' + json.dumps(found))
'''


class Wrong(Exception):
    """No trial of this search can work here: message and what to do."""


def main(path, *interpreter):
    with open(path, encoding='utf-8') as file:
        request = json.load(file)
    try:
        with alone(request['answer']):
            delimiter = known(request['answer'])
            if delimiter == '':
                delimiter = look(request, list(interpreter))
        print(switch(request, delimiter))
        return 0
    except Wrong as wrong:
        message, hint = wrong.args
        replace(request['verdict'], {'message': message, 'hint': hint})
        print('dist: %s\ndist: %s' % (message, hint), file=sys.stderr)
        return WRONG


def look(request, interpreter):
    """The delimiter of the batchtk that is there; None where there is none, or none is needed."""
    if request['container']:
        return look_inside(request, interpreter)
    needs = sources.needs(request['texts'])
    if not needs.batchtk and not needs.netpyne:
        return keep(request, None)
    found, trouble = ask(request, interpreter, needs.netpyne)
    if found is None:
        print('dist: batchtools was not looked at: %s' % trouble, file=sys.stderr)
        return None
    judge(request, needs, found)
    return keep(request, found['delimiter'])


def look_inside(request, interpreter):
    """Nobody sees what an image runs, so only its delimiter is asked for; many have no Python, and an image never changes."""
    found, _ = ask(request, interpreter, False)
    if found is not None:
        judge(request, sources.Needs(()), found)
    return keep(request, None if found is None else found['delimiter'])


def judge(request, needs, found):
    python = found['python'] or 'python3'
    if found['netpyne'] is not None:
        why = found['netpyne']
        hidden = '' if why['name'] == 'netpyne' else ' (netpyne hides that: the script would run with its defaults and report nothing)'
        raise Wrong('netpyne.batchtools cannot be imported by %s: %s%s' % (python, why['text'], hidden), install(python, why))
    if found['batchtk'] is not None and needs.imports_batchtk:
        raise Wrong('batchtk cannot be imported by %s: %s' % (python, found['batchtk']['text']), install(python, found['batchtk']))
    here, said = found['delimiter'], request['said']
    if here is not None and said != 'auto' and said != here:
        raise Wrong("batchtk of %s cuts name from value at '%s', the search says batchtk.delimiter '%s': the script would run with its defaults" % (
            python, here, said), "say batchtk: {delimiter: '%s'}, or leave it out" % here)
    if here == '=' and said == 'auto' and request['old'] is None:
        raise Wrong("batchtk of %s is older than 0.0.2 and cannot be sent these parameters: %s" % (python, request['why']),
                    '%s -m pip install %s' % (python, PACKAGES['batchtk']))


def install(python, why):
    names = why['missing'] or ([why['name'].split('.')[0]] if why['import'] and why['name'] else NEEDED)
    return '%s -m pip install %s' % (python, ' '.join(PACKAGES.get(name, name) for name in names))


def ask(request, interpreter, netpyne):
    """What the interpreter says, or None and why: nobody knows which, it cannot be started, or died."""
    if not interpreter:
        return None, 'the command does not tell which Python will run'
    command = request['container'] + interpreter + ['-c', QUESTION, 'netpyne' if netpyne else '', json.dumps(NEEDED)]
    try:
        run = subprocess.run(command, env=clean(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    lines = run.stdout.decode('utf-8', 'replace').split('\n')
    answers = [line[len(MARK):] for line in lines if line.startswith(MARK)]
    if not answers:
        return None, '%s ended with %d' % (interpreter[-1], run.returncode)
    return json.loads(answers[-1]), None


def clean():
    """Without what the trial itself is sent: an import may connect and read."""
    taken = ('SOCNAME', 'MSGFILE', 'SGLFILE', 'OUTFILE', 'JOBID', 'signal_file', 'write_file', 'socket_name')
    return {name: value for name, value in os.environ.items() if 'RUNTK' not in name and name not in taken}


def switch(request, delimiter):
    """For the shell: the variables in their old form, where that is what is read here."""
    if delimiter != '=' or request['said'] != 'auto' or request['old'] is None:
        return ''
    pairs = ' '.join(shlex.quote('%s=%s' % pair) for pair in request['old'].items())
    return 'unset %s\nexport %s' % (' '.join(request['sent']), pairs)


# ---- the answer's file ------------------------------------------------------------------------------

class alone:
    """One look at a time for an environment."""

    def __init__(self, answer):
        os.makedirs(os.path.dirname(answer), exist_ok=True)
        self.fd = os.open(answer + '.lock', os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self):
        fcntl.flock(self.fd, fcntl.LOCK_EX)

    def __exit__(self, *_):
        os.close(self.fd)


def known(answer):
    """The delimiter that was found before, None where none is needed, '' where nobody looked."""
    try:
        with open(answer, encoding='utf-8') as file:
            return json.load(file)['delimiter']
    except (OSError, ValueError, KeyError):
        return ''


def keep(request, delimiter):
    replace(request['answer'], {'delimiter': delimiter})
    return delimiter


def replace(path, value):
    temporary = '%s.%d' % (path, os.getpid())
    with open(temporary, 'w', encoding='utf-8') as file:
        json.dump(value, file)
    os.replace(temporary, path)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
