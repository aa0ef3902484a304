"""Requests from stdin, replies to stdout, a JSON value a line. Used by serve.py.

Libraries print: what they write to descriptor 1 goes to stderr, replies go to a copy of it that nobody else knows.
"""
import json
import os
import queue
import select
import sys
import threading

NO_MORE = None


class Lines:
    def __init__(self):
        self.out = os.fdopen(os.dup(1), 'w', encoding='utf-8', newline='\n')
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        self.waiting = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        """Own thread: a reader of replies that is gone ends the program in the middle of a computation too."""
        with os.fdopen(os.dup(0), 'r', encoding='utf-8', errors='replace', newline='\n') as lines:
            for line in lines:
                self.waiting.put(line)
        self.waiting.put(NO_MORE)
        gone = select.poll()
        gone.register(self.out.fileno(), 0)
        gone.poll()
        os._exit(0)

    def next(self):
        """The next line, None at the end."""
        return self.waiting.get()

    def reply(self, value):
        # NaN and Infinity are no JSON
        text = json.dumps(value, separators=(',', ':'), allow_nan=False)
        try:
            self.out.write(text + '\n')
            self.out.flush()
        except BrokenPipeError:
            os._exit(0)
