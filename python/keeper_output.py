"""The cap on a job's output: its first HEAD and last TAIL bytes are kept, the middle leaves the disk while the job still runs.

Rule that the agent's live log relies on (docs/keeper-protocol.md): only bytes in [HEAD, size - TAIL) are ever punched out,
`size` being the file's size at that moment. The file only grows, so bytes outside that range as seen later were whole before.
"""
import ctypes
import os

import keeper_metrics as metrics
import keeper_process as processes

HEAD = 32 << 20  # the same as shared/model/output-cap.ts
TAIL = 32 << 20
STEP = 4 << 20  # punched at once at least
KEEP_SIZE, PUNCH_HOLE = 1, 2
CHUNK = 1 << 20
CUT = 'stdout.cut.txt'
MARKER = '\n[dist: bytes %d to %d of this output are missing here]\n'


def punch(fd, size, done, folder, aside):
    """Takes the middle off the disk; `done` is where the hole ended so far. Returns where it ends now.

    Lines of metrics are found before, and written after: on a full disk only then there is room. Nobody misses them between, for
    a job whose keeper dies is lost.
    """
    start = max(HEAD, done)
    end = size - TAIL
    if end - start < STEP:
        return done
    trial = metrics.is_trial(folder)
    if trial:
        end = metrics.line_start(fd, end)
        aside.find(fd, metrics.line_start(fd, HEAD), end)
    call = processes.LIBC.fallocate
    # a file system that cannot: the file is whole until the job ends
    hole = call(fd, KEEP_SIZE | PUNCH_HOLE, ctypes.c_int64(start), ctypes.c_int64(end - start)) == 0
    if trial:
        aside.write(folder)
    return end if hole else done


def shorten(fd, folder, aside):
    """Writes what is kept of a longer output to `stdout.cut.txt`; returns a note, or None when nothing has to go.

    The file itself stays as it is: the agent may be reading it.
    """
    size = os.fstat(fd).st_size
    if size <= HEAD + TAIL:
        return None
    end = size - TAIL
    trial = metrics.is_trial(folder)
    if trial:
        aside.find(fd, metrics.line_start(fd, HEAD), metrics.line_end(fd, end))
    note = cut(fd, folder + '/' + CUT, size)
    trouble = aside.write(folder) if trial else None
    return note if trouble is None else '%s; %s' % (note, trouble)


def cut(fd, path, size):
    end = size - TAIL
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        copy(fd, out, 0, HEAD)
        write_all(out, (MARKER % (HEAD, end)).encode())
        copy(fd, out, end, size)
    except OSError as error:
        # A full disk: what is kept from the start needs no space.
        os.unlink(path)
        os.ftruncate(fd, HEAD)
        os.write(fd, (MARKER % (HEAD, size)).encode())
        return 'it wrote %d bytes; the first %d MiB are kept, not the last (%s)' % (size, HEAD >> 20, error)
    finally:
        os.close(out)
    return 'it wrote %d bytes; the first and the last %d MiB are kept' % (size, HEAD >> 20)


def copy(source, target, at, end):
    while at < end:
        data = os.pread(source, min(CHUNK, end - at), at)
        if not data:
            return
        write_all(target, data)
        at += len(data)


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]
