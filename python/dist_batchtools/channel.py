"""JSON lines to and from dist, over two inherited file descriptors (docs/batchtools-protocol.md)."""
import json
import os
import signal

VARIABLE = 'DIST_BATCHTOOLS_FDS'


class Detached(BaseException):
    """The search goes on without this script: it ends quietly, wherever it is. No script should catch it."""


class Refused(BaseException):
    """dist cannot go on, and has told why."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Channel:
    def __init__(self, reader, writer):
        self._reader = os.fdopen(reader, 'r', encoding='utf-8', newline='\n')
        self._writer = os.fdopen(writer, 'w', encoding='utf-8', newline='\n')
        self._calls = 0

    def call(self, request):
        """Sends a request and yields what comes back for it until it is done. Ctrl-C meanwhile is dist's to answer."""
        self._calls += 1
        before = ignore_interrupt()
        try:
            self._writer.write(json.dumps(dict(request, id=self._calls)) + '\n')
            self._writer.flush()
            for line in self._reader:
                reply = json.loads(line)
                if reply.get('id') != self._calls:
                    continue
                kind = reply.get('kind')
                if kind == 'detached':
                    raise Detached()
                if kind == 'refused':
                    raise Refused(int(reply.get('status', 1)))
                yield reply
                if kind == 'done':
                    return
            raise Refused(1)
        except BrokenPipeError:
            raise Refused(1) from None
        finally:
            restore_interrupt(before)


def ignore_interrupt():
    try:
        return signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:
        # not the main thread
        return None


def restore_interrupt(before):
    if before is not None:
        signal.signal(signal.SIGINT, before)


_channel = None


def open_channel():
    """Once, before the script runs. Its own children do not inherit the descriptors."""
    global _channel
    reader, writer = (int(part) for part in os.environ.pop(VARIABLE).split(','))
    os.set_inheritable(reader, False)
    os.set_inheritable(writer, False)
    _channel = Channel(reader, writer)


def call(request):
    return _channel.call(request)
