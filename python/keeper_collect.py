"""What a job leaves: its output and `distribute_save`. Small things go into the report, the rest is renamed into attempts/<id>/."""
import errno
import os
import stat

import keeper_files as files
import keeper_output as capping

INLINE = 16 << 10
ENTRIES = 16
OUT_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC


class Output:
    """The slot's output file: jobs write to it one after the other, it is emptied after each."""

    def __init__(self, work, slot):
        self.attempts = work + '/attempts'
        self.path = '%s/slot%d.out' % (work, slot)
        self.fd = os.open(self.path, OUT_FLAGS, 0o600)
        os.ftruncate(self.fd, 0)

    def folder(self, attempt):
        path = self.attempts + '/' + attempt
        os.makedirs(path, exist_ok=True)
        return path

    def move(self, attempt):
        """Gives the file to the attempt and opens another for the slot; returns the old descriptor, which the job writes to."""
        target = self.folder(attempt) + '/stdout.txt'
        os.rename(self.path, target)
        old = self.fd
        try:
            self.fd = os.open(self.path, OUT_FLAGS, 0o600)
        except OSError:
            os.rename(target, self.path)
            raise
        return old

    def unmove(self, attempt):
        """Removes what `move` made: the output was small and is in the exit record."""
        folder = self.attempts + '/' + attempt
        try:
            os.unlink(folder + '/stdout.txt')
            os.rmdir(folder)
        except OSError:
            pass  # something else is in there, which is the agent's

    def give(self, attempt):
        """The same after the job's end; copies when the job took the file's name away."""
        try:
            os.close(self.move(attempt))
        except FileNotFoundError:
            out = os.open(self.folder(attempt) + '/stdout.txt', os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                files.copy_into(self.fd, out)
            finally:
                os.close(out)
            os.close(self.fd)
            self.fd = os.open(self.path, OUT_FLAGS, 0o600)

    def take(self, run):
        """(bytes, size, note) of the job's output; bytes is None when it is in attempts/<id>/."""
        fd = self.fd if run.out < 0 else run.out
        data = os.pread(fd, INLINE + 1, 0)
        if len(data) <= INLINE:
            return data, len(data), None
        size = os.fstat(fd).st_size
        try:
            note = capping.shorten(fd, self.folder(run.id), run.aside)
        finally:
            if run.out < 0:
                self.give(run.id)
        return None, size, note


def collect(work, space, attempt, output):
    """(files, folders, note, to remove) of `distribute_save`; files is None when it went to attempts/<id>/save."""
    if space.save_is_empty():
        return (), (), None, None
    facts = files.lstat('distribute_save')
    if facts is None:
        space.save = None
        return (), (), None, None
    if not stat.S_ISDIR(facts.st_mode):
        space.save = None
        return (), (), 'distribute_save was no folder when the job ended: nothing was saved', None
    found, folders, order = [], [], []
    try:
        small = facts.st_mode & 0o700 == 0o700 and survey('', found, folders, order, [INLINE, ENTRIES])
    except OSError:
        small = False
    if small:
        return found, folders, None, order
    set_aside(output.folder(attempt) + '/save', facts, space.mounted is None)
    space.save = None
    return None, (), None, None


def survey(below, found, folders, order, room):
    """Reads a small tree; false when it holds too much, or anything but readable files and folders. `order` is how to remove it."""
    names = sorted(os.listdir('distribute_save' + below))
    if below and not names:
        folders.append(below[1:])
    for name in names:
        rel = below + '/' + name
        path = 'distribute_save' + rel
        facts = os.lstat(path)
        room[1] -= 1
        if room[1] < 0:
            return False
        if stat.S_ISDIR(facts.st_mode):
            if not survey(rel, found, folders, order, room):
                return False
        elif stat.S_ISREG(facts.st_mode) and facts.st_size <= room[0] and is_utf8(name):
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                data = files.read_upto(fd, INLINE + 1)
            finally:
                os.close(fd)
            room[0] -= len(data)
            if room[0] < 0:
                return False
            found.append((rel[1:], stat.S_IMODE(facts.st_mode), data))
        else:
            return False
        order.append((path, stat.S_ISDIR(facts.st_mode)))
    return True


def is_utf8(name):
    """A name that is no UTF-8 cannot travel in JSON."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def set_aside(target, facts, whole):
    """Renames `distribute_save` when that may be done to the `whole` folder; a view shows it, or it is a mount point, else."""
    if facts.st_mode & 0o700 != 0o700:
        os.chmod('distribute_save', 0o755)
    files.remove(target)
    if whole:
        try:
            os.rename('distribute_save', target)
            os.mkdir('distribute_save', 0o755)
            return
        except OSError as error:
            if error.errno not in (errno.EBUSY, errno.EXDEV):
                raise
    os.mkdir(target, 0o700)
    for name in os.listdir('distribute_save'):
        move('distribute_save/' + name, target + '/' + name)


def move(path, target):
    """Renames an entry, or copies it out of another mount."""
    try:
        os.rename(path, target)
    except PermissionError:
        # A folder's own entry `..` changes with it, so its mode must allow that.
        mode = stat.S_IMODE(os.lstat(path).st_mode)
        os.chmod(path, mode | 0o700)
        os.rename(path, target)
        os.chmod(target, mode)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        files.copy_tree(path, target)
        files.remove(path)


def clear(space, order):
    """After the record that carries them is in the journal: removes collected files and folders."""
    for path, folder in order:
        if folder:
            os.rmdir(path)
        else:
            os.unlink(path)
    space.prove_save()
