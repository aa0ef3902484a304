"""Limits of a job by cgroup: a leaf for the slot below the agent's own cgroup, found and made once at the keeper's start.

`open_limits` gives the port `Limits`, or None where no memory cgroup may be written: memory is for packing only then. Memory is
version 2's where that has the controller, else version 1's (hybrid systems); killing goes through version 2 wherever it is mounted.
"""
import binascii
import os
import signal
import sys

import keeper_process as processes
from keeper_cgroup import MemoryV1, MemoryV2, make_folder, put, read, read_or, remove
from keeper_recover import wait_gone

PROC = '/proc/self'


def leaf_name(work, slot):
    return 'dist-%08x-%d' % (binascii.crc32(os.fsencode(work)), slot)


def open_limits(work, slot, proc=PROC):
    """`Limits` over a new leaf, or one that a dead keeper left: what is in that is killed first."""
    name = leaf_name(work, slot)
    v1, v2 = own_cgroups(proc)
    memory = make_v2(v2, name) or make_v1(v1, name)
    if memory is None:
        return None
    unified = memory.leaf if isinstance(memory, MemoryV2) else make_folder(v2, name)
    limits = Limits(memory, unified)
    limits.empty()
    return limits


def remove_leaf(work, slot):
    """What `Limits.remove` does, for a process that did not open it: the guard of a keeper that was killed."""
    v1, v2 = own_cgroups(PROC)
    for own in (v1, v2, v2 and os.path.dirname(v2)):
        if own:
            remove(own + '/' + leaf_name(work, slot))


def own_cgroups(proc):
    """Folders of this process's cgroup: version 1's memory hierarchy and version 2's; None for one that is not mounted."""
    paths = {}
    try:
        for line in read(proc + '/cgroup').splitlines():
            _, controllers, path = line.split(':', 2)
            if 'memory' in controllers.split(','):
                paths['cgroup'] = path
            elif controllers == '':
                paths['cgroup2'] = path
        found = {}
        for line in read(proc + '/mountinfo').splitlines():
            before, _, after = line.partition(' - ')
            kind, _, options = after.split(' ', 2)
            if kind not in paths or kind == 'cgroup' and 'memory' not in options.split(','):
                continue
            root, point = before.split(' ')[3:5]
            path = paths[kind]
            # In a container only a part of the hierarchy may be mounted.
            if root != '/' and (path + '/').startswith(root + '/'):
                path = path[len(root):]
            if '/..' not in path:
                found[kind] = point + path.rstrip('/')
    except (OSError, ValueError):
        return None, None
    return found.get('cgroup'), found.get('cgroup2')


def make_v1(own, name):
    leaf = make_folder(own, name)
    if leaf is None or not os.access(leaf + '/memory.limit_in_bytes', os.W_OK):
        return None
    return MemoryV1(leaf)


def make_v2(own, name):
    """Below the agent's own cgroup, else beside it: version 2 gives no controllers below a cgroup that has processes."""
    if own is None:
        return None
    beside = os.path.dirname(own)
    places = [own]
    # Beside must not mean out of a limit that was set for the agent.
    if (read_or(own + '/memory.max') or 'max').strip() == 'max' and os.path.exists(beside + '/cgroup.procs'):
        places.append(beside)
    for place in places:
        if 'memory' not in (read_or(place + '/cgroup.controllers') or '').split():
            continue
        if 'memory' not in (read_or(place + '/cgroup.subtree_control') or '').split() and not put(place + '/cgroup.subtree_control', '+memory'):
            continue
        leaf = make_folder(place, name)
        if leaf is not None and os.access(leaf + '/memory.max', os.W_OK):
            return MemoryV2(leaf)
        remove(leaf)
    return None


class Limits:
    """One job after the other: `begin`, the job enters by writing 0 to every descriptor of `doors`, `end` when all of it is reaped."""

    def __init__(self, memory, unified):
        self.memory = memory
        self.source = memory.source
        self.unified = unified
        self.event = memory.event
        self.before = self.killed = 0
        self.out = False

    def begin(self, limit):
        """Sets the limit in bytes and returns the doors; raises OSError."""
        self.out = False
        if self.event >= 0:
            # What the job before said last must not count for this one.
            try:
                os.read(self.event, 8)
            except BlockingIOError:
                pass
        self.memory.begin(limit)
        # Page cache of the job before stays charged here; it is no part of this one's peak.
        self.before = self.memory.usage()
        self.killed = self.memory.kills()
        doors = []
        try:
            for folder in sorted({self.memory.leaf, self.unified or self.memory.leaf}):
                doors.append(os.open(folder + '/cgroup.procs', os.O_WRONLY | os.O_CLOEXEC))
        except OSError:
            for door in doors:
                os.close(door)
            raise
        return doors

    def happened(self):
        """The event was readable: true when a job's leaf is out of memory."""
        os.read(self.event, 8)
        self.out = True

    def end(self):
        """(out of memory, peak bytes or None when the kernel does not tell)."""
        try:
            peak = self.memory.peak() - self.before
        except (OSError, ValueError):
            peak = None
        try:
            return self.out or self.memory.kills() > self.killed, peak
        except (OSError, ValueError):
            return self.out, peak

    def pids(self):
        return [int(pid) for pid in (read_or(self.memory.leaf + '/cgroup.procs') or '').split()]

    def kill(self):
        """SIGKILL to all of the leaf at once, so that nothing forks away from it."""
        unified = self.unified
        if unified is not None and put(unified + '/cgroup.kill', '1'):
            return
        # Linux before 5.14. A frozen process can be killed, and cannot fork.
        frozen = unified is not None and put(unified + '/cgroup.freeze', '1')
        for pid in self.pids():
            processes.kill(pid, signal.SIGKILL)
        if frozen:
            put(unified + '/cgroup.freeze', '0')

    def empty(self):
        """Ends what a dead keeper left here, a daemon that cleared its environment included."""
        left = self.pids()
        if left:
            self.kill()
            wait_gone(left)

    def remove(self):
        remove(self.memory.leaf)
        remove(self.unified)


if __name__ == '__main__':
    # The agent's question (node-agent/probe/limits.ts): what could a keeper of this work folder do?
    found = open_limits(os.path.abspath(sys.argv[1]), 999)
    print(found.source if found is not None else '')
    if found is not None:
        found.remove()
