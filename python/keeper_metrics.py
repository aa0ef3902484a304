"""Lines DIST_METRIC of a trial in the part of its output that is not kept: as it leaves the disk they go to attempts/<id>/metrics.txt.

The agent judges a trial from all of its output (node-agent/stage/metric-output.ts), of which only the first and last bytes stay.
"""
import os
import re

NAME = 'metrics.txt'
LONGEST = 64 << 10  # a longer line holds no metrics
CHUNK = 1 << 20
ROOM = 1 << 20  # bytes of the file
LINE = re.compile(rb'(?:^|(?<=[\n\r]))[ \t]*DIST_METRIC[ \t]+[^\n\r]*')


def is_trial(folder):
    return os.path.exists(folder + '/trial.json')


def line_start(fd, at):
    """Where the line begins that has the byte before `at`, or `at` itself when that is a line's end, or no line begins near."""
    begin = max(0, at - LONGEST)
    found = os.pread(fd, at - begin, begin).rfind(b'\n')
    return begin + found + 1 if found >= 0 else at


def line_end(fd, at):
    """Behind the line that goes on at `at`."""
    found = os.pread(fd, LONGEST, at).find(b'\n')
    return at + found + 1 if found >= 0 else at


class Aside:
    """The lines of one output: those before `seen` are in the file, or in `lines` while they cannot be written (a full disk)."""

    def __init__(self):
        self.seen = self.found = 0
        self.lines = b''

    def find(self, fd, start, end):
        """Looks from `start` at first, later from where it was. Both are at a line's start, as far as there are lines."""
        at = self.seen or start
        rest = b''
        while at < end:
            data = os.pread(fd, min(CHUNK, end - at), at)
            if not data:
                break
            at += len(data)
            text = rest + data
            cut = text.rfind(b'\n') + 1
            rest = text[cut:] if len(text) - cut <= LONGEST else b'-'  # what follows begins no line
            if b'DIST_METRIC' in text[:cut] and self.found < ROOM:
                lines = b''.join(line + b'\n' for line in LINE.findall(text[:cut]))
                self.found += len(lines)
                self.lines += lines
        self.seen = max(self.seen, end)

    def write(self, folder):
        """Returns why some could not be written, or None; they stay for the next time."""
        try:
            out = os.open('%s/%s' % (folder, NAME), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                while self.lines:
                    self.lines = self.lines[os.write(out, self.lines):]
            finally:
                os.close(out)
        except OSError as error:
            return 'lines DIST_METRIC of its middle could not be kept: %s' % error
        return None
