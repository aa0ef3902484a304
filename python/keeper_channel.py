"""The keeper's line to the launcher: lists of orders in, lists of reports out. Never blocks; reports wait for company."""
import json
import select
import socket
import sys
import time

GROUP = 32  # reports that leave together at most
HOLD = 100000000  # ns that a report may wait
READ, BOTH = select.POLLIN, select.POLLIN | select.POLLOUT


class Channel:
    def __init__(self, fd, poll):
        self.socket = socket.socket(fileno=fd)
        self.socket.setblocking(False)
        self.fd = fd
        self.poll = poll
        self.open = True
        self.partial = b''
        self.unsent = b''
        self.reports = []
        self.oldest = 0
        self.waits = False  # the launcher has not taken all
        poll.register(fd, READ)

    def take(self):
        """The lists of orders that have come, or None at the end of file."""
        try:
            data = self.socket.recv(1 << 18)
        except BlockingIOError:
            return ()
        except OSError:
            data = b''
        if not data:
            if self.open:
                self.open = False
                self.poll.unregister(self.fd)
            return None
        *lines, self.partial = (self.partial + data).split(b'\n')
        return [parse(line) for line in lines]

    def report(self, text):
        if not self.reports:
            self.oldest = time.monotonic_ns()
        self.reports.append(text)

    def send_due(self, now, queued):
        """Sends what has gathered when waiting longer would gain nothing, starve the agent of news, or delay it too long."""
        n = len(self.reports)
        if n and (n >= GROUP or n >= queued or now >= self.oldest + HOLD):
            self.flush()

    def flush(self):
        if self.reports:
            self.unsent += ('[%s]\n' % ','.join(self.reports)).encode()
            self.reports.clear()
            self.push()

    def push(self):
        """Sends what the socket takes; the rest leaves when poll says so."""
        try:
            sent = self.socket.send(self.unsent, socket.MSG_NOSIGNAL)
        except BlockingIOError:
            sent = 0
        except OSError:
            sent = len(self.unsent)  # nobody is there: the journal has it
        whole = sent == len(self.unsent)
        waited = self.waits
        self.unsent = self.unsent[sent:]
        self.waits = not whole
        if self.open and waited == whole:
            self.poll.modify(self.fd, READ if whole else BOTH)


def parse(line):
    try:
        return json.loads(line)
    except ValueError:
        print('keeper: a line is no JSON: %.200r' % line, file=sys.stderr)
        return None
