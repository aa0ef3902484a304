"""A slot's own copy of a build, where no overlay can be mounted: made once, by cp, which reflinks where the file system can. Used by keeper_view.py."""
import os
import select
import signal
import stat

import keeper_files as files
import keeper_process as processes

ARGUMENTS = 4000  # names that one cp is given
TOLD = 2000  # bytes of its complaints that a person is told


class Halted(Exception):
    """The keeper has to leave; nothing can be said of the job that waits for the copy."""


def copy_build(source, target, without, slot, halted):
    """Copies the folder unless that was done before; raises OSError, or Halted when `halted()` says so meanwhile."""
    if os.path.isdir(target):
        return
    fresh = target + '.new'
    files.remove(fresh)
    os.mkdir(fresh, 0o700)
    cp = processes.resolve('cp', '/usr/bin:/bin')
    if cp is None:
        raise OSError('cannot copy %s: no cp in /usr/bin or /bin' % source)
    os.chdir(source)
    names = [name for name in os.listdir('.') if name not in without]
    for at in range(0, len(names), ARGUMENTS):
        # By this variable whoever comes after a killed keeper finds and ends it.
        run([cp, '-a', '--reflink=auto', '-t', fresh, '--'] + names[at:at + ARGUMENTS], {'LC_ALL': 'C', 'DIST_SLOT': slot}, source, halted)
    facts = os.stat('.')
    os.chmod(fresh, stat.S_IMODE(facts.st_mode))
    os.utime(fresh, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    settle(fresh)
    os.rename(fresh, target)


def run(argv, env, source, halted):
    said = os.memfd_create('cp') if hasattr(os, 'memfd_create') else os.open('/dev/null', os.O_RDWR | os.O_CLOEXEC)
    try:
        actions = ((os.POSIX_SPAWN_DUP2, said, 1), (os.POSIX_SPAWN_DUP2, said, 2))
        pid = os.posix_spawn(argv[0], argv, env, file_actions=actions, setsid=True)
        status = wait(pid, halted)
        if status != 0:
            text = os.pread(said, TOLD, 0).decode('utf-8', 'replace').strip().partition('\n')[0]
            raise OSError('cannot copy %s: %s' % (source, text or 'cp ended with status %d' % status))
    finally:
        os.close(said)


def wait(pid, halted):
    watch = processes.pidfd_open(pid)
    poll = select.poll()
    if watch >= 0:
        poll.register(watch, select.POLLIN)
    try:
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return status
            if halted():
                processes.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                raise Halted()
            poll.poll(100 if watch >= 0 else 20)
    finally:
        if watch >= 0:
            os.close(watch)


def settle(folder):
    """On disk before it gets its name: after a power cut a copy with empty files would count as the build."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        processes.LIBC.syncfs(fd)
    finally:
        os.close(fd)
