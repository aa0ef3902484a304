"""Processes of a slot: subreaper, waiting with a deadline, and the end of everything that a job leaves behind."""
import ctypes
import os
import signal
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SYS_PIDFD_OPEN = 434  # the same number on every architecture
TICKS = os.sysconf('SC_CLK_TCK')


def become_subreaper():
    """Orphans among our descendants become our children, daemons included (Linux 3.4)."""
    if LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), 'cannot become a subreaper')


def end_with_parent(number):
    LIBC.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def pidfd_open(pid):
    """A descriptor that polls readable when the process has ended, or -1 (Linux before 5.3)."""
    if hasattr(os, 'pidfd_open'):
        try:
            return os.pidfd_open(pid)
        except OSError:
            return -1
    fd = LIBC.syscall(SYS_PIDFD_OPEN, pid, 0)
    if fd >= 0:
        os.set_inheritable(fd, False)
    return fd


def ticks_now():
    """Clock ticks since boot, the unit of a process's start time in /proc/<pid>/stat."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) * TICKS // 1000000000


def boot_id():
    try:
        with open('/proc/sys/kernel/random/boot_id') as file:
            return file.read().strip()
    except OSError:
        return ''


def stat_of(pid):
    """(state letter, parent, start ticks) of a process, or None when there is none."""
    try:
        with open('/proc/%d/stat' % pid, 'rb') as file:
            fields = file.read().rpartition(b')')[2].split()
        return fields[0].decode(), int(fields[1]), int(fields[19])
    except (OSError, IndexError):
        return None


def pids():
    return [int(name) for name in os.listdir('/proc') if name.isdigit()]


def children_of(pid):
    """Children of any process; from /proc/<pid>/stat of all where the kernel keeps no list."""
    found = []
    try:
        for task in os.listdir('/proc/%d/task' % pid):
            with open('/proc/%d/task/%s/children' % (pid, task), 'rb') as file:
                found += [int(k) for k in file.read().split()]
        return found
    except OSError:
        if not os.path.exists('/proc/%d' % pid):
            return found
    for other in pids():
        facts = stat_of(other)
        if facts is not None and facts[1] == pid:
            found.append(other)
    return found


def kill(pid, number):
    """True when the signal was sent, or the process is gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        return False
    return True


def signal_group(leader, number):
    try:
        os.killpg(leader, number)
        os.killpg(leader, signal.SIGCONT)
    except (ProcessLookupError, PermissionError):
        pass


class Rest:
    """Ends and reaps whatever is left of our descendants; `utime`, `stime`, `maxrss` add up what they used."""

    def __init__(self):
        self.me = os.getpid()

    def reap(self):
        self.utime = self.stime = 0.0
        self.maxrss = 0
        beyond = set()  # set-uid programs that we may not signal
        while True:
            try:
                # No child at all is the common end, and one system call tells it.
                pid, _, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid:
                self.add(usage)
                continue
            left = [k for k in children_of(self.me) if k not in beyond]
            if not left:
                if beyond:
                    return
                time.sleep(0.001)  # the list may miss one while it is being handed over
                continue
            killed = [k for k in left if kill(k, signal.SIGKILL)]
            beyond.update(k for k in left if k not in killed)
            # By number: waiting for any child hung when one was handed over after the list was read.
            for k in killed:
                try:
                    self.add(os.wait4(k, 0)[2])
                except ChildProcessError:
                    pass

    def add(self, usage):
        self.utime += usage.ru_utime
        self.stime += usage.ru_stime
        self.maxrss = max(self.maxrss, usage.ru_maxrss)


def resolve(program, path):
    """The file that execvp would run, or None. A name with a slash stays as it is."""
    if '/' in program:
        return program
    for folder in (path if path is not None else '/bin:/usr/bin').split(':'):
        file = (folder or '.') + '/' + program
        if os.access(file, os.X_OK) and not os.path.isdir(file):
            return file
    return None


def guard(after):
    """Forks. The child returns and does the work; the parent only waits for it, ends what it left, calls `after`, exits like it.

    A keeper that is killed cannot clean up, but its orphans then become the guard's, daemons with a cleared environment included.
    """
    become_subreaper()
    parent = os.getpid()
    worker = os.fork()
    if worker == 0:
        become_subreaper()
        end_with_parent(signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
        return
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda n, _: kill(worker, n))
    os.closerange(3, 64)
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == worker:
            break
    Rest().reap()
    after()
    if os.WIFSIGNALED(status):
        # Passed on as an exit code, so that no core is dumped twice.
        os._exit(128 + os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))
