"""The keeper of one slot: stages, starts, waits for, reaps and collects jobs, one after the other, as the agent orders.

Started by the launcher as `python3 -S -E -X utf8 keeper.py <work folder> <slot>` with a socket to it on descriptor 3.
Protocol, files and rules: docs/keeper-protocol.md. Standard library only, Python 3.8 or newer.

States: idle -> staging -> running -> reaping -> idle. Only `running` waits, for the job, for orders and for deadlines at once.
"""
import fcntl
import gc
import json
import os
import select
import signal
import sys
import time
from collections import deque

import keeper_collect as collecting
import keeper_limits as limiting
import keeper_output as capping
import keeper_process as processes
from keeper_channel import HOLD, Channel
from keeper_journal import Journal
from keeper_recover import recover
from keeper_run import FLOOD, FOREVER, LONG, LOOK, OFTEN, SELDOM, SHORT, Run, exit_body
from keeper_spawn import spawn
from keeper_workspace import TICK, Plan, Workspace

LIMIT_GRACE = 10000000000  # ns between SIGTERM and SIGKILL at the time limit
SIGNALS = signal.valid_signals()


class Keeper:
    def __init__(self, work, slot):
        self.work = work
        self.marker = 'DIST_SLOT=%s/slot%d' % (work, slot)
        self.journal = Journal('%s/slot%d.journal' % (work, slot))
        recover(self.journal, work, self.marker)
        self.limits = limiting.open_limits(work, slot)
        self.output = collecting.Output(work, slot)
        self.boot = processes.boot_id()
        self.rest = processes.Rest()
        self.spaces = {}
        self.space = None
        self.programs = {}
        self.queue = deque()
        self.run = None
        self.unwritten = []  # exit records that a full disk refused
        self.warned = False
        self.leaving = None  # 'retire' when the queue is done, 'stop' after this job, 'now'
        self.wake, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, ignore)
        own = processes.pidfd_open(os.getpid())
        if own >= 0:
            os.close(own)
        else:
            # Without pidfds a signal must wake the wait; with them it would only cost a wake-up a job.
            signal.signal(signal.SIGCHLD, ignore)
        self.poll = select.poll()
        self.poll.register(self.wake, select.POLLIN)
        if self.limits is not None and self.limits.event >= 0:
            self.poll.register(self.limits.event, select.POLLIN)
        self.channel = channel = Channel(3, self.poll)
        self.report, self.flush, self.send_due = channel.report, channel.flush, channel.send_due
        self.report('{"e":"ready","pid":%d}' % os.getpid())

    # ---- the loop -----------------------------------------------------------------------------------

    def work_on(self):
        while True:
            if self.run is None:
                if self.leaving == 'now' or self.leaving == 'stop' or self.leaving == 'retire' and not self.queue:
                    self.flush()
                    return
                if self.queue:
                    self.begin(self.queue.popleft())
                    self.send_due(time.monotonic_ns(), len(self.queue))
                    continue
                self.flush()
                self.boundary()
            self.wait()

    def wait(self):
        """Waits for whatever comes first and deals with it."""
        run = self.run
        channel = self.channel
        timeout = None
        if run is not None:
            due = run.due
            if channel.reports and channel.oldest + HOLD < due:
                due = channel.oldest + HOLD
            if due < FOREVER:
                timeout = max(0, (due - time.monotonic_ns()) / 1e6 + 0.5)
        ended = False
        for fd, event in self.poll.poll(timeout):
            if fd == 3:
                if event & select.POLLOUT:
                    channel.push()
                if event & ~select.POLLOUT:
                    self.take()
            elif fd == self.wake:
                if signal.SIGTERM in os.read(self.wake, 4096):
                    self.leave_now()
                ended = run is not None and run.watch < 0
            elif self.limits is not None and fd == self.limits.event:
                self.out_of_memory()
            else:
                ended = True
        if run is None:
            return
        if ended:
            pid, status, usage = os.wait4(run.pid, os.WNOHANG)
            if pid:
                self.finish(status, usage)
                return
        now = time.monotonic_ns()
        if now >= run.due:
            self.on_time(run, now)
        if channel.reports:
            self.send_due(now, len(self.queue))

    def on_time(self, run, now):
        if not run.told and now >= run.begun + SHORT:
            run.told = True
            self.report('{"e":"start","id":"%s","k":"%s","pid":%d,"at":%d}' % (run.id, run.kind, run.pid, run.at))
            self.flush()
        if now >= run.look:
            self.look(run, now)
        if run.limit is not None and run.why is None and now >= run.begun + run.limit:
            self.end(run, 'timeout', LIMIT_GRACE, now)
        if run.kill_at is not None and now >= run.kill_at:
            processes.kill(run.pid, signal.SIGKILL)
            run.kill_at = None
        run.schedule()

    def look(self, run, now):
        """Gives a job that has written, or is long, an output file of its own, and keeps that below the cap."""
        size = os.fstat(self.output.fd if run.out < 0 else run.out).st_size
        if run.out < 0 and not run.stuck and (size > 0 or now >= run.begun + LONG):
            try:
                run.out = self.output.move(run.id)
                self.report('{"e":"moved","id":"%s"}' % run.id)
                self.flush()
            except OSError as error:
                run.stuck = True
                complain('the output of %s stays in the slot: %s' % (run.id, error))
        run.hole = capping.punch(self.output.fd if run.out < 0 else run.out, size, run.hole)
        waits = run.out < 0 and not run.stuck
        run.look = now + (OFTEN if waits or size - run.size >= FLOOD else SELDOM)
        run.size = size

    def out_of_memory(self):
        """The kernel ends one process then; what is left of the job could wait for it without end."""
        self.limits.happened()
        if self.run is not None and self.run.limited:
            processes.kill(self.run.pid, signal.SIGKILL)

    def end(self, run, why, grace, now):
        """SIGTERM to the job's process group, SIGKILL to all of it `grace` ns later."""
        if run.why is None:
            run.why = why
        if grace > 0:
            processes.signal_group(run.pid, signal.SIGTERM)
            run.kill_at = now + grace if run.kill_at is None else min(run.kill_at, now + grace)
        else:
            processes.kill(run.pid, signal.SIGKILL)
        run.schedule()

    def leave_now(self):
        """The launcher is gone, or somebody wants this keeper gone: no process of the job stays behind."""
        self.leaving = 'now'
        self.queue.clear()
        if self.run is not None:
            self.end(self.run, 'kill', 0, 0)

    # ---- a job --------------------------------------------------------------------------------------

    def begin(self, run):
        self.boundary()
        if self.unwritten:
            return self.fail(run, 'stage', 'no space left for the journal')
        space = self.spaces.get(run.t)
        if space is None:
            return self.fail(run, 'stage', 'the keeper was not told about jobset %s' % run.t)
        try:
            if space is not self.space:
                self.space = None
                os.chdir(space.path)
                self.space = space
                if space.save is not None and not space.save_is_empty():
                    space.save = None
            if run.kind == 'job':
                space.stage(run.plan or Plan(()), run.script)
            else:
                space.reset()
        except OSError as error:
            return self.fail(run, 'stage', 'cannot prepare the workspace %s: %s' % (space.path, error))
        env = dict(space.env)
        env.update(run.extra)
        env['DIST_ATTEMPT'] = run.id
        env['DIST_SLOT'] = self.marker[10:]
        path = env.get('PATH')
        program = self.programs.get((run.argv[0], path, run.t))
        if program is None:
            program = processes.resolve(run.argv[0], path)
            if program is None:
                return self.fail(run, 'spawn', 'no program %s in PATH=%s' % (run.argv[0], path))
            self.programs[run.argv[0], path, run.t] = program
        out = self.output.fd
        doors = self.enclose(run) if run.memory else ()
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
            self.programs.pop((run.argv[0], path, run.t), None)
            return self.fail(run, 'spawn', 'cannot start %s: %s' % (program, error))
        run.pid = pid
        run.space = space  # the template may be sent anew while it runs
        run.at = wall // 1000000
        run.look = run.begun + LOOK
        self.run = run
        run.schedule()
        run.watch = processes.pidfd_open(pid)
        if run.watch >= 0:
            self.poll.register(run.watch, select.POLLIN)
        record = '{"r":"s","id":"%s","k":"%s","t":%s,"pid":%d,"ticks":[%d,%d],"boot":"%s","at":%d}' % (
            run.id, run.kind, json.dumps(run.t), pid, first, processes.ticks_now(), self.boot, run.at)
        try:
            self.journal.append(run.id, record.encode())
        except OSError as error:
            # Without a record nobody could find it after a crash, so it must not run.
            processes.kill(pid, signal.SIGKILL)
            os.wait4(pid, 0)
            self.unwatch(run)
            self.rest.reap()
            space.save = None
            os.ftruncate(out, 0)
            self.run = None
            self.fail(run, 'stage', 'cannot write the journal: %s' % error)

    def enclose(self, run):
        """The doors of the slot's leaf, with the run's limit set; none where that cannot be done: memory is for packing only then."""
        if self.limits is None:
            return ()
        try:
            doors = self.limits.begin(run.memory)
        except (OSError, ValueError) as error:
            complain('%s runs without a memory limit: %s' % (run.id, error))
            return ()
        run.limited = True
        return doors

    def unwatch(self, run):
        if run.watch >= 0:
            self.poll.unregister(run.watch)
            os.close(run.watch)

    def fail(self, run, kind, text):
        body = '"id":"%s","k":"%s","err":"%s","msg":%s' % (run.id, run.kind, kind, json.dumps(text))
        try:
            self.journal.append(run.id, ('{"r":"f",%s}' % body).encode())
        except OSError:
            pass  # a job that never started needs no record to be given again
        self.report('{"e":"fail",%s}' % body)

    def finish(self, status, usage):
        run = self.run
        wall = (time.monotonic_ns() - run.begun) // 1000
        self.unwatch(run)
        rest = self.rest
        if run.limited:
            self.limits.kill()
        rest.reap()
        if run.limited:
            run.memory_used = self.limits.end() + (self.limits.source,)
        space = run.space
        note = None
        order = None
        found = folders = ()
        small = False
        try:
            found, folders, note, order = collecting.collect(self.work, space, run.id, self.output)
        except OSError as error:
            space.save = None
            note = 'distribute_save could not be kept: %s' % error
        try:
            out, outn, remark = self.take_output(run)
            note = note or remark
            small = out is not None
        except OSError as error:
            out, outn = b'', 0
            note = 'the output could not be kept: %s' % error
            os.ftruncate(self.output.fd, 0)  # or the next job would begin with it
        body = exit_body(run, wall, status, usage, rest, out, outn, found, folders, note)
        self.run = None
        self.unwritten.append((run.id, ('{"r":"x",%s}' % body).encode()))
        self.write_exits()
        if out:
            os.ftruncate(self.output.fd, 0)
        if run.out >= 0:
            os.close(run.out)
            if small:
                self.output.unmove(run.id)
        if order is not None:
            try:
                collecting.clear(space, order)
            except OSError:
                space.save = None  # staging tries again and says what is wrong
        self.report('{"e":"exit",%s}' % body)
        if not self.queue:
            self.flush()

    def take_output(self, run):
        """(bytes, size, note) of the job's output; bytes is None when it is in attempts/<id>/."""
        fd = self.output.fd if run.out < 0 else run.out
        data = os.pread(fd, collecting.INLINE + 1, 0)
        if len(data) <= collecting.INLINE:
            return data, len(data), None
        size = os.fstat(fd).st_size
        try:
            note = capping.shorten(fd, self.output.folder(run.id))
        finally:
            if run.out < 0:
                self.output.give(run.id)
        return None, size, note

    def write_exits(self):
        while self.unwritten:
            try:
                self.journal.append(*self.unwritten[0])
            except OSError as error:
                if not self.warned:
                    complain('cannot write the journal: %s' % error)
                self.warned = True
                return
            self.unwritten.pop(0)
            self.warned = False

    def boundary(self):
        if self.unwritten:
            self.write_exits()
        self.journal.cut()

    # ---- orders and reports ---------------------------------------------------------------------------

    def take(self):
        lists = self.channel.take()
        if lists is None:
            self.leave_now()
            return
        for orders in lists:
            for order in orders if isinstance(orders, list) else ():
                try:
                    self.obey(order)
                except (KeyError, TypeError, ValueError, OSError) as error:
                    complain('order %.200r makes no sense: %r' % (order, error))

    def obey(self, order):
        op = order['op']
        if op == 'run':
            self.add(order)
        elif op == 'forget':
            self.journal.forget([i for i in order['ids'] if self.run is None or i != self.run.id])
        elif op == 'drop':
            self.drop(set(order['ids']))
        elif op == 'kill':
            run = self.run
            if run is not None and run.id == order['id']:
                self.end(run, order['why'], int(order['grace'] * 1000000000), time.monotonic_ns())
            else:
                self.drop({order['id']})
        elif op == 'tmpl':
            space = Workspace(order)
            if self.space is not None and self.spaces.get(order['t']) is self.space:
                self.space = None
            self.spaces[order['t']] = space
        elif op == 'inv':
            self.inventory()
        elif op == 'stop':
            self.leaving = 'stop'
            self.drop({run.id for run in self.queue})
            if self.run is not None:
                self.end(self.run, 'kill', int(order['grace'] * 1000000000), time.monotonic_ns())
        elif op == 'retire':
            self.leaving = 'retire'

    def add(self, order):
        # Prepared here, while another job runs, rather than at the boundary.
        run = Run(order)
        space = self.spaces.get(run.t)
        if space is not None and run.kind == 'job':
            try:
                run.plan = space.plan.over(run.files)
            except OSError as error:
                return self.fail(run, 'stage', str(error))
        self.queue.append(run)

    def drop(self, ids):
        dropped = [run.id for run in self.queue if run.id in ids]
        if dropped:
            self.queue = deque(run for run in self.queue if run.id not in ids)
            self.report(json.dumps({'e': 'dropped', 'ids': dropped}))
            self.flush()

    def inventory(self):
        run = self.run
        running = ('null', 'null', 0, 0, 'false')
        if run is not None:
            running = ('"%s"' % run.id, '"%s"' % run.kind, run.pid, run.at, 'true' if run.out >= 0 else 'false')
        self.report('{"e":"inv","run":%s,"k":%s,"pid":%d,"at":%d,"big":%s,"queue":%s,"journal":%s}' % (
            running + (json.dumps([run.id for run in self.queue]), json.dumps(list(self.journal.kept)))))
        self.flush()


def ignore(_number, _frame):
    """A handler that does nothing: unlike SIG_IGN it is not inherited by jobs."""


def complain(text):
    print('keeper: ' + text, file=sys.stderr)


def main():
    work, slot = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    # Whatever was inherited by mistake would be inherited by every job too.
    for name in os.listdir('/proc/self/fd'):
        if int(name) > 3:
            try:
                os.close(int(name))
            except OSError:
                pass  # the listing's own
    for number in range(1, signal.NSIG):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, ignore)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    sys.setrecursionlimit(20000)
    processes.guard(lambda: limiting.remove_leaf(work, slot))
    os.set_inheritable(3, False)
    # The keeper before this one may still be ending its job.
    lock = os.open('%s/slot%d.lock' % (work, slot), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    keeper = Keeper(work, slot)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20000, 20, 50)
    try:
        keeper.work_on()
    finally:
        processes.Rest().reap()
        if keeper.limits is not None:
            keeper.limits.remove()


if __name__ == '__main__':
    main()
