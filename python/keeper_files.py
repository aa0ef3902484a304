"""File steps of the keeper: remove whatever is there, copy, compare. Paths are relative to the workspace; links are never followed."""
import errno
import os
import stat

CHUNK = 1 << 20
# Answers of a kernel or file system that cannot copy inside itself.
CANNOT = (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EBADF)


def lstat(path):
    """lstat, or None when nothing is there."""
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def remove(path):
    """Removes a file, a link or a whole folder, also one whose modes forbid it."""
    try:
        os.unlink(path)
        return
    except FileNotFoundError:
        return
    except (IsADirectoryError, PermissionError):
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            raise
    empty(path)
    os.rmdir(path)


def empty(path):
    """Removes everything in a folder."""
    for name in names_in(path):
        remove(path + '/' + name)


def names_in(path):
    """The names in a folder; its modes are mended when they are why it cannot be read or changed."""
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        os.chmod(path, 0o700)
    return os.listdir(path)


def copy_into(source, target):
    """Copies an open file into another, inside the file system where it can (a reflink costs nothing)."""
    at = 0
    inside = hasattr(os, 'copy_file_range')
    while True:
        if inside:
            try:
                n = os.copy_file_range(source, target, 64 << 20, at, at)
            except OSError as error:
                if error.errno not in CANNOT or at > 0:
                    raise
                inside = False
                continue
        else:
            os.lseek(target, at, os.SEEK_SET)
            n = os.sendfile(target, source, at, CHUNK)
        if n == 0:
            return at
        at += n


def copy_tree(source, target):
    """Copies a file, link or folder; what is none of these is left out."""
    facts = os.lstat(source)
    if stat.S_ISDIR(facts.st_mode):
        os.mkdir(target, 0o700)
        for name in names_in(source):
            copy_tree(source + '/' + name, target + '/' + name)
    elif stat.S_ISLNK(facts.st_mode):
        os.symlink(os.readlink(source), target)
    elif stat.S_ISREG(facts.st_mode):
        fd = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            out = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, stat.S_IMODE(facts.st_mode) | 0o600)
            try:
                copy_into(fd, out)
            finally:
                os.close(out)
        finally:
            os.close(fd)


def same_content(path, source):
    """True when the file holds exactly what the source holds."""
    try:
        a = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        b = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        try:
            while True:
                left = os.read(a, CHUNK)
                if left != os.read(b, CHUNK):
                    return False
                if not left:
                    return True
        finally:
            os.close(b)
    finally:
        os.close(a)


def read_upto(fd, limit):
    """At most `limit` bytes of a file from its start."""
    data = os.pread(fd, limit, 0)
    while 0 < len(data) < limit:
        part = os.pread(fd, limit - len(data), len(data))
        if not part:
            break
        data += part
    return data
