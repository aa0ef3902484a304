"""A slot's journal: one JSON record a line behind its CRC-32, append-only. The keeper writes it, the agent reads it.

A line is `<8 hex digits> <JSON>\n`, the digits being the CRC-32 of the JSON's bytes. A reader stops at the first line
that is torn or wrong; what follows counts as never written.
"""
import binascii
import errno
import json
import os

# A journal over this size is written anew without what was forgotten, when that halves it.
COMPACT_BYTES = 4 << 20


def line_of(body):
    """The journal line of a record's JSON bytes."""
    return b'%08x %s\n' % (binascii.crc32(body), body)


def parse(data):
    """(records, number of valid bytes) of a journal's bytes; a record is (dict, line)."""
    records = []
    at = 0
    while True:
        end = data.find(b'\n', at)
        if end < 0 or end - at < 10 or data[at + 8] != 32:
            return records, at
        body = data[at + 9:end]
        if data[at:at + 8] != b'%08x' % binascii.crc32(body):
            return records, at
        try:
            record = json.loads(body)
        except ValueError:
            return records, at
        if not isinstance(record, dict):
            return records, at
        records.append((record, data[at:end + 1]))
        at = end + 1


class Journal:
    def __init__(self, path):
        self.path = path
        self.fd = self.open()
        data = read_all(self.fd)
        self.records, self.size = parse(data)
        if self.size < len(data):
            os.ftruncate(self.fd, self.size)
        # id -> bytes of its records: every attempt that was not forgotten
        self.kept = {}
        self.live = 0
        for record, line in self.records:
            self.count(str(record.get('id')), len(line))

    def open(self):
        return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def count(self, attempt, n):
        self.kept[attempt] = self.kept.get(attempt, 0) + n
        self.live += n

    def append(self, attempt, body):
        """Appends a record or leaves the journal as it was and raises OSError (a full disk)."""
        line = line_of(body)
        n = os.write(self.fd, line)
        if n != len(line):
            os.ftruncate(self.fd, self.size)
            raise OSError(errno.ENOSPC, 'no space left for a journal record')
        self.size += n
        self.kept[attempt] = self.kept.get(attempt, 0) + n
        self.live += n

    def forget(self, ids):
        for attempt in ids:
            self.live -= self.kept.pop(attempt, 0)

    def cut(self):
        """At a job's boundary: empties the journal when nothing in it is needed, shortens it when most is not."""
        if self.size == 0:
            return
        if not self.kept:
            os.ftruncate(self.fd, 0)
            self.size = 0
        elif self.size > COMPACT_BYTES and self.size > 2 * self.live:
            self.compact()

    def compact(self):
        records, _ = parse(read_all(self.fd))
        data = b''.join(line for record, line in records if record.get('id') in self.kept)
        temporary = self.path + '.new'
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            write_all(fd, data)
            os.fsync(fd)
        except OSError:
            os.unlink(temporary)
            return
        finally:
            os.close(fd)
        os.rename(temporary, self.path)
        os.close(self.fd)
        self.fd = self.open()
        self.size = self.live = len(data)


def read_all(fd):
    parts = []
    at = 0
    while True:
        part = os.pread(fd, 1 << 20, at)
        if not part:
            return b''.join(parts)
        parts.append(part)
        at += len(part)


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]
