"""Which kind of view a keeper of this work folder could give its jobs: tried, with the keeper's own code, in a child that then ends.

Answer to `python3 keeper_view.py <work folder>`, asked once by the agent (node-agent/probe/views.ts).
"""
import os
import signal
import sys

import keeper_files as files
import keeper_process as processes
from keeper_view import Views
from keeper_workspace import Workspace


def probe(work):
    folder = '%s/.view-probe-%d' % (work, os.getpid())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # `finally` below, when the agent has no more patience
    for kind in 'overlay', 'copy':
        try:
            if tried(kind, folder):
                return kind
        except OSError as error:
            print('keeper: cannot try a view: %s' % error, file=sys.stderr)
        finally:
            files.remove(folder)
    return 'none'


def tried(kind, folder):
    w, home = folder + '/w', folder + '/home'
    os.mkdir(folder)
    for path in 'input', 'distribute_save', 'old':
        os.makedirs(w + '/' + path)
    for path in 'kept', 'old/file':
        put(w + '/' + path, 'build')
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            processes.end_with_parent(signal.SIGKILL)
            use(kind, w, home)
            status = 0
        except BaseException as error:
            print('keeper: no view by %s: %s' % (kind, error), file=sys.stderr)
        finally:
            sys.stderr.flush()
            os._exit(status)
    try:
        good = os.waitpid(pid, 0)[1] == 0
    except SystemExit:
        processes.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    # The host sees the build as it was.
    return good and sorted(os.listdir(w)) == ['distribute_save', 'input', 'kept', 'old'] and get(w + '/kept') == 'build' and os.listdir(w + '/old') == ['file']


def use(kind, w, home):
    """What jobs do to a build: change a file, make one, replace a folder, save something."""
    space = Workspace({'w': w, 'view': {'kind': kind, 'home': home}, 'env': {}, 'files': []})
    Views('', lambda: False).enter(space)
    put(w + '/kept', 'job')
    put(w + '/new', 'job')
    files.remove(w + '/old')
    os.mkdir(w + '/old')
    put(w + '/distribute_save/result', 'job')
    seen = (get(w + '/kept'), get(w + '/new'), os.listdir(w + '/old'), os.listdir('distribute_save'))
    if seen != ('job', 'job', [], ['result']):
        raise OSError('it does not show what was written: %r' % (seen,))


def put(path, text):
    with open(path, 'w') as file:
        file.write(text)


def get(path):
    with open(path) as file:
        return file.read()
