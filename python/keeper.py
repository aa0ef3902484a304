"""The keeper of one slot: stages, starts, waits for, reaps and collects jobs, one after the other, as the agent orders.

Started by the launcher as `python3 -S -E -X utf8 keeper.py <work folder> <slot>` with a socket to it on descriptor 3.
Protocol, files and rules: docs/keeper-protocol.md. Standard library only, Python 3.8 or newer.

States: idle -> staging -> running -> reaping -> idle. Only `running` waits, for the job, for orders and for deadlines at once.
"""
import os
import select
import signal
import sys
import time
from collections import deque

import keeper_limits as limiting
import keeper_orders as orders
import keeper_output as capping
import keeper_process as processes
from keeper_begin import begin
from keeper_channel import HOLD, Channel
from keeper_collect import Output
from keeper_cpus import Cpus
from keeper_finish import finish
from keeper_journal import Journal
from keeper_records import Records, complain
from keeper_recover import recover
from keeper_run import FLOOD, FOREVER, LONG, LOOK, OFTEN, SELDOM, SHORT
from keeper_start import ignore, make_clean, settle, take_slot
from keeper_view import Views

LIMIT_GRACE = 10000000000  # ns between SIGTERM and SIGKILL at the time limit
IDLE = 5000  # ms between looks of an idle keeper at its views


class Keeper:
    def __init__(self, work, slot):
        self.work = work
        self.marker = 'DIST_SLOT=%s/slot%d' % (work, slot)
        self.cpus = Cpus()
        self.journal = Journal('%s/slot%d.journal' % (work, slot))
        recover(self.journal, work, self.marker)
        self.limits = limiting.open_limits(work, slot)
        self.output = Output(work, slot)
        self.boot = processes.boot_id()
        self.rest = processes.Rest()
        self.spaces = {}
        self.space = None
        self.programs = {}
        self.queue = deque()
        self.run = None
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
        self.records = Records(self.journal, channel.report)
        self.boundary, self.fail = self.records.boundary, self.records.failed
        self.views = Views(self.marker[10:], self.halted)
        self.report('{"e":"ready","pid":%d}' % os.getpid())

    # ---- the loop -----------------------------------------------------------------------------------

    def work_on(self):
        while True:
            if self.run is None:
                if self.leaving == 'now' or self.leaving == 'stop' or self.leaving == 'retire' and not self.queue:
                    self.flush()
                    return
                if self.queue:
                    begin(self, self.queue.popleft())
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
        elif self.views.mounted:
            timeout = IDLE
        ended = False
        for fd, event in self.poll.poll(timeout):
            if fd == 3:
                if event & select.POLLOUT:
                    channel.push()
                if event & ~select.POLLOUT:
                    orders.take(self)
            elif fd == self.wake:
                if signal.SIGTERM in os.read(self.wake, 4096):
                    self.leave_now()
                ended = run is not None and run.watch < 0
            elif self.limits is not None and fd == self.limits.event:
                self.out_of_memory()
            else:
                ended = True
        if run is None:
            if self.views.mounted:
                self.views.look(None)
            return
        if ended:
            pid, status, usage = os.wait4(run.pid, os.WNOHANG)
            if pid:
                finish(self, status, usage)
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
        folder = '%s/%s' % (self.output.attempts, run.id)
        run.hole = capping.punch(self.output.fd if run.out < 0 else run.out, size, run.hole, folder, run.aside)
        waits = run.out < 0 and not run.stuck
        run.look = now + (OFTEN if waits or size - run.size >= FLOOD else SELDOM)
        run.size = size
        if self.views.mounted:
            self.views.look(run.space.path)

    def unwatch(self, run):
        if run.watch >= 0:
            self.poll.unregister(run.watch)
            os.close(run.watch)

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

    def halted(self):
        """Asked while something takes long: true when the launcher is gone or somebody wants this keeper gone."""
        poll = select.poll()
        poll.register(3, select.POLLRDHUP)
        poll.register(self.wake, select.POLLIN)
        return any(fd == 3 or signal.SIGTERM in os.read(fd, 4096) for fd, _ in poll.poll(0))


def main():
    work, slot = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    make_clean()
    processes.guard(lambda: limiting.remove_leaf(work, slot))
    take_slot(work, slot)
    keeper = Keeper(work, slot)
    settle()
    try:
        keeper.work_on()
    finally:
        processes.Rest().reap()
        if keeper.limits is not None:
            keeper.limits.remove()


if __name__ == '__main__':
    main()
