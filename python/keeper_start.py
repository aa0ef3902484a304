"""The first steps of a keeper's process: nothing inherited by mistake, the slot its own, Python's memory settled. Called by keeper.py."""
import fcntl
import gc
import os
import signal
import sys


def ignore(_number, _frame):
    """A handler that does nothing: unlike SIG_IGN it is not inherited by jobs."""


def make_clean():
    """Whatever was inherited by mistake would be inherited by every job too."""
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
    os.set_inheritable(3, False)
    sys.setrecursionlimit(20000)


def take_slot(work, slot):
    """Waits for the slot's lock: the keeper before this one may still be ending its job. Held until this process ends."""
    lock = os.open('%s/slot%d.lock' % (work, slot), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)


def settle():
    """Few collections, and none of what is there from the start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20000, 20, 50)
