"""The files of a cgroup leaf: memory of version 1 and of version 2, each with the same five functions. Used by keeper_limits.py.

Source of names and meanings: the kernel's Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst.
"""
import os
import time

import keeper_process as processes


class MemoryV1:
    source = 'cgroup-v1'

    def __init__(self, leaf):
        self.leaf = leaf
        self.event = self.watch_oom()

    def begin(self, limit):
        leaf = self.leaf
        # Memory with swap may not be limited below memory alone, so it is opened before and closed after.
        put(leaf + '/memory.memsw.limit_in_bytes', '-1')
        must_put(leaf + '/memory.limit_in_bytes', str(limit))
        put(leaf + '/memory.memsw.limit_in_bytes', str(limit))
        put(leaf + '/memory.swappiness', '0')
        put(leaf + '/memory.max_usage_in_bytes', '0')

    def usage(self):
        return int(read(self.leaf + '/memory.usage_in_bytes'))

    def peak(self):
        return int(read(self.leaf + '/memory.max_usage_in_bytes'))

    def kills(self):
        return field(self.leaf + '/memory.oom_control', 'oom_kill')

    def watch_oom(self):
        """A descriptor that polls readable when the leaf is out of memory, or -1: version 1 ends only one process by itself."""
        event = processes.LIBC.eventfd(0, os.O_CLOEXEC | os.O_NONBLOCK)
        if event < 0:
            return -1
        try:
            control = os.open(self.leaf + '/memory.oom_control', os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            os.close(event)
            return -1
        known = put(self.leaf + '/cgroup.event_control', '%d %d' % (event, control))
        os.close(control)
        if not known:
            os.close(event)
            return -1
        return event


class MemoryV2:
    source = 'cgroup-v2'
    event = -1

    def __init__(self, leaf):
        self.leaf = leaf
        self.high = -1

    def begin(self, limit):
        if self.high >= 0:
            os.close(self.high)
            self.high = -1
        if not self.reset_peak():
            # Before Linux 6.12 only a new leaf forgets its peak.
            try:
                os.rmdir(self.leaf)
                os.mkdir(self.leaf)
            except OSError:
                pass
        leaf = self.leaf
        must_put(leaf + '/memory.max', str(limit))
        put(leaf + '/memory.swap.max', '0')
        put(leaf + '/memory.oom.group', '1')

    def reset_peak(self):
        """The peak is reset for whoever reads it from the descriptor that it was reset through."""
        try:
            self.high = os.open(self.leaf + '/memory.peak', os.O_RDWR | os.O_CLOEXEC)
            os.write(self.high, b'0')
            return True
        except OSError:
            return False

    def usage(self):
        return int(read(self.leaf + '/memory.current'))

    def peak(self):
        return int(os.pread(self.high, 40, 0)) if self.high >= 0 else int(read(self.leaf + '/memory.peak'))

    def kills(self):
        return field(self.leaf + '/memory.events', 'oom_kill')


def make_folder(own, name):
    """A leaf's folder, new or left by a dead keeper; None when it cannot be made or nobody may be put into it."""
    if own is None:
        return None
    leaf = own + '/' + name
    try:
        os.mkdir(leaf)
    except FileExistsError:
        pass
    except OSError:
        return None
    return leaf if os.access(leaf + '/cgroup.procs', os.W_OK) else None


def remove(leaf):
    """Removes a leaf that has no process; the last one may still be on its way out."""
    for _ in range(50):
        try:
            if leaf is not None:
                os.rmdir(leaf)
            return
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.01)


def read(path):
    with open(path) as file:
        return file.read()


def read_or(path):
    try:
        return read(path)
    except OSError:
        return None


def field(path, name):
    """A number of a file of `name number` lines; 0 where the kernel has no such line (it then never claims a kill)."""
    for line in read(path).splitlines():
        key, _, value = line.partition(' ')
        if key == name:
            return int(value)
    return 0


def must_put(path, text):
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def put(path, text):
    """False when the file is not there or the kernel refuses."""
    try:
        must_put(path, text)
        return True
    except OSError:
        return False
