"""From an order to a running job: prepares the workspace, goes there, starts it, says so in the journal. Called by keeper.py."""
import errno
import os
import select
import signal
import time

import keeper_process as processes
from keeper_copy import Halted
from keeper_records import complain
from keeper_run import LOOK
from keeper_spawn import spawn
from keeper_workspace import TICK, Plan

SIGNALS = signal.valid_signals()
FULL = (errno.ENOSPC, errno.EDQUOT)


def begin(keeper, run):
    keeper.boundary()
    if keeper.records.unwritten:
        return keeper.fail(run, 'full', 'no space left for the journal')
    space = keeper.spaces.get(run.t)
    if space is None:
        return keeper.fail(run, 'stage', 'the keeper was not told about jobset %s' % run.t)
    try:
        prepare(keeper, run, space)
    except OSError as error:
        return keeper.fail(run, trouble(error), 'cannot prepare the workspace %s: %s' % (space.path, error))
    except Halted:
        return keeper.leave_now()
    if space.mounted is None:
        launch(keeper, run, space)
    else:
        launch_in_view(keeper, run, space)


def prepare(keeper, run, space):
    """Makes the workspace what the run must find. For a job that sees a view the current folder is the view's home."""
    build = run.kind == 'build'
    if space is not keeper.space or space.view is not None and (build or space.mounted is None or not space.mounted.stands()):
        enter(keeper, space, build)
    if build:
        return space.reset()
    space.stage(run.plan or Plan(()), run.script)
    if space.mounted is not None and not space.mounted.holds(space):
        keeper.views.leave(space.path)
        enter(keeper, space, False)


def enter(keeper, space, build):
    """Goes where the jobset's runs are prepared. A build always makes the folder itself."""
    keeper.space = None
    if build or space.view is None:
        keeper.views.leave(space.path)
        os.chdir(space.path)
        if space.view is not None:
            return
    else:
        keeper.flush()  # a first copy takes its time
        keeper.views.enter(space)
    keeper.space = space
    if space.save is not None and not space.save_is_empty():
        space.save = None


def launch_in_view(keeper, run, space):
    # posix_spawn knows no folder to start in.
    try:
        os.chdir(space.path)
    except OSError as error:
        keeper.space = None
        return keeper.fail(run, 'stage', 'cannot enter the workspace %s: %s' % (space.path, error))
    try:
        launch(keeper, run, space)
    finally:
        try:
            os.chdir(space.home)
        except OSError:
            keeper.space = None  # what is there is collected through the view


def launch(keeper, run, space):
    """Starts the prepared run in the current folder."""
    env = dict(space.env)
    env.update(run.extra)
    env['DIST_ATTEMPT'] = run.id
    env['DIST_SLOT'] = keeper.marker[10:]
    path = env.get('PATH')
    program = keeper.programs.get((run.argv[0], path, run.t))
    if program is None:
        program = processes.resolve(run.argv[0], path)
        if program is None:
            return keeper.fail(run, 'spawn', 'no program %s in PATH=%s' % (run.argv[0], path))
        keeper.programs[run.argv[0], path, run.t] = program
    out = keeper.output.fd
    cpus = keeper.cpus
    if run.cpus != cpus.now:
        try:
            cpus.bind(run.cpus)
        except OSError as error:
            return keeper.fail(run, 'spawn', str(error))
    doors = enclose(keeper, run) if run.memory else ()
    first = processes.ticks_now()
    wall = time.time_ns()
    run.begun = time.monotonic_ns()
    space.trust = wall - TICK
    try:
        if doors or run.nice:
            pid = spawn(program, run.argv, env, out, run.nice, doors)
        else:
            pid = os.posix_spawn(program, run.argv, env, file_actions=((os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, out, 2)), setsid=True, setsigdef=SIGNALS)
    except (OSError, ValueError) as error:
        keeper.programs.pop((run.argv[0], path, run.t), None)
        return keeper.fail(run, 'spawn', 'cannot start %s: %s' % (program, error))
    run.pid = pid
    run.space = space  # the template may be sent anew while it runs
    run.at = wall // 1000000
    run.look = run.begun + LOOK
    keeper.run = run
    run.schedule()
    run.watch = processes.pidfd_open(pid)
    if run.watch >= 0:
        keeper.poll.register(run.watch, select.POLLIN)
    try:
        keeper.records.started(run, first, processes.ticks_now(), keeper.boot)
    except OSError as error:
        # Without a record nobody could find it after a crash, so it must not run.
        processes.kill(pid, signal.SIGKILL)
        os.wait4(pid, 0)
        keeper.unwatch(run)
        keeper.rest.reap()
        space.save = None
        os.ftruncate(out, 0)
        keeper.run = None
        keeper.fail(run, trouble(error), 'cannot write the journal: %s' % error)


def trouble(error):
    """A full disk is the node's trouble, not the job's: the agent hands it back."""
    return 'full' if error.errno in FULL else 'stage'


def enclose(keeper, run):
    """The doors of the slot's leaf, with the run's limit set; none where that cannot be done: memory is for packing only then."""
    if keeper.limits is None:
        return ()
    try:
        doors = keeper.limits.begin(run.memory)
    except (OSError, ValueError) as error:
        complain('%s runs without a memory limit: %s' % (run.id, error))
        return ()
    run.limited = True
    return doors
