"""Mounts that only the keeper and its jobs see: a mount namespace, an overlay, a bind, their end. Used by keeper_view.py.

A plain user gets the right to mount from a user namespace in which its uid and gid are the same as outside. Everything in the
namespace ends with its last process, so nothing is ever left on the host. Every function raises OSError that says what failed.
"""
import ctypes
import os

from keeper_process import LIBC

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_BIND, MS_REC, MS_SLAVE = 0x1000, 0x4000, 0x80000
MNT_DETACH = 2
FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
# The best first. Root: folders of the build can be renamed. A plain user: marks in user.* attributes, trusted.* are root's.
OPTIONS = {'root': (',redirect_dir=on,index=off', ''), 'user': (',userxattr,index=off', ',userxattr', '')}


def enter_namespace():
    """Gives this process a mount namespace of its own and says who may mount there: 'root', or 'user' in a user namespace, too."""
    if LIBC.unshare(CLONE_NEWNS) == 0:
        keep_to_itself()
        return 'root'
    refused = text_of(ctypes.get_errno())
    try:
        # Where a later step is forbidden the first leaves a process without a uid, or with less than it had: a child tries.
        rehearse(enter_user_namespace)
        enter_user_namespace()
        return 'user'
    except OSError as error:
        raise OSError('no mount namespace (%s), nor one of a user namespace (%s)' % (refused, error))


def enter_user_namespace():
    uid, gid = os.geteuid(), os.getegid()
    if LIBC.unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0:
        raise OSError(text_of(ctypes.get_errno()))
    for name, text in ('setgroups', 'deny'), ('uid_map', '%d %d 1' % (uid, uid)), ('gid_map', '%d %d 1' % (gid, gid)):
        try:
            fd = os.open('/proc/self/' + name, os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.write(fd, text.encode())
            finally:
                os.close(fd)
        except OSError as error:
            raise OSError('%s: %s' % (name, error.strerror))
    keep_to_itself()


def keep_to_itself():
    """What is mounted on the host later is seen here, what is mounted here never there."""
    mount(None, '/', None, MS_REC | MS_SLAVE, None)


def rehearse(action):
    """Does it in a child and raises what it raised."""
    told, tell = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        try:
            action()
        except BaseException as error:
            os.write(tell, (str(error) or repr(error)).encode()[:4000])
        finally:
            os._exit(0)
    os.close(tell)
    try:
        said = os.read(told, 4096)
    finally:
        os.close(told)
        os.waitpid(pid, 0)
    if said:
        raise OSError(said.decode('utf-8', 'replace'))


def overlay(lower, upper, work, target, kind):
    """Mounts `lower` at `target` so that whatever is written goes to `upper`; `kind` as enter_namespace said."""
    folders = []
    try:
        for path in lower, upper, work:
            folders.append(os.open(path, FOLDER))
        # By descriptor: a comma, colon or backslash in a path would end it.
        places = 'lowerdir=/proc/self/fd/%d,upperdir=/proc/self/fd/%d,workdir=/proc/self/fd/%d' % tuple(folders)
        first = None
        for options in OPTIONS[kind]:
            number = try_mount('overlay', target, 'overlay', 0, places + options)
            if number == 0:
                return
            first = first or number
    finally:
        for folder in folders:
            os.close(folder)
    raise OSError('cannot mount an overlay of %s with %s at %s: %s' % (lower, upper, target, text_of(first)))


def bind(source, target):
    number = try_mount(source, target, None, MS_BIND, None)
    if number:
        raise OSError('cannot bind %s to %s: %s' % (source, target, text_of(number)))


def detach(folder):
    """Unmounts the mount that an open folder is the root of, wherever it lies by now, with all that is mounted in it."""
    LIBC.umount2(b'/proc/self/fd/%d' % folder, MNT_DETACH)


def mount(source, target, kind, flags, data):
    number = try_mount(source, target, kind, flags, data)
    if number:
        raise OSError('cannot mount %s: %s' % (target, text_of(number)))


def try_mount(source, target, kind, flags, data):
    """0 or the error's number."""
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind, data)]
    if LIBC.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]) == 0:
        return 0
    return ctypes.get_errno()


def text_of(number):
    return os.strerror(number)
