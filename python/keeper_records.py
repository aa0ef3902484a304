"""What a keeper says for good: a record in the journal and a report for the agent, in that order. Used by keeper.py."""
import json
import sys


class Records:
    def __init__(self, journal, report):
        self.journal = journal
        self.report = report
        self.unwritten = []  # exit records that a full disk refused
        self.warned = False

    def started(self, run, ticks, now, boot):
        """Raises OSError: a job without a record could not be found after a crash."""
        record = '{"r":"s","id":"%s","k":"%s","t":%s,"pid":%d,"ticks":[%d,%d],"boot":"%s","at":%d}' % (
            run.id, run.kind, json.dumps(run.t), run.pid, ticks, now, boot, run.at)
        self.journal.append(run.id, record.encode())

    def ended(self, run, body):
        """Only the record, as much as there is space; the report follows when what it carries was put away."""
        self.unwritten.append((run.id, ('{"r":"x",%s}' % body).encode()))
        self.write()

    def failed(self, run, kind, text):
        """It never started; `kind` is stage, spawn or full."""
        body = '"id":"%s","k":"%s","err":"%s","msg":%s' % (run.id, run.kind, kind, json.dumps(text))
        try:
            self.journal.append(run.id, ('{"r":"f",%s}' % body).encode())
        except OSError:
            pass  # a job that never started needs no record to be given again
        self.report('{"e":"fail",%s}' % body)

    def write(self):
        while self.unwritten:
            try:
                self.journal.append(*self.unwritten[0])
            except OSError as error:
                if not self.warned:
                    complain('cannot write the journal: %s' % error)
                self.warned = True
                return
            self.unwritten.pop(0)
            self.warned = False

    def boundary(self):
        """Between two jobs."""
        if self.unwritten:
            self.write()
        self.journal.cut()


def complain(text):
    print('keeper: ' + text, file=sys.stderr)
