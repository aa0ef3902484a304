"""One attempt in a keeper: what was ordered, what is known while it runs, and when the keeper must look at it again."""
import binascii
import json

import keeper_metrics as metrics

SHORT = 50000000  # ns after which a job's start is told
LONG = 1000000000  # ns after which a job gets an output file of its own, whether it wrote or not
LOOK = 100000000  # ns after which it gets one as soon as it has written: others can see it then
OFTEN = 50000000  # ns between looks until it has one
SELDOM = 1000000000  # ns between looks at a file's size after that; OFTEN while it grows by FLOOD from one to the next
FLOOD = 4 << 20
FOREVER = 1 << 62
ID_SIGNS = frozenset('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-')


class Run:
    def __init__(self, order):
        self.id = order['id']
        # It becomes a folder's name, and is put into JSON as it is.
        if not self.id or not ID_SIGNS.issuperset(self.id):
            raise ValueError('bad attempt id %r' % self.id)
        self.t = order['t']
        self.kind = 'build' if order['k'] == 'build' else 'job'
        self.argv = order['argv']
        self.extra = order['env']
        self.files = order['files']
        self.script = order['script']
        self.limit = None if order['limit'] is None else int(order['limit'] * 1000000000)
        self.memory = order.get('memory')  # bytes, or None
        self.nice = int(order.get('nice') or 0)
        cpus = order.get('cpus')
        self.cpus = None if cpus is None else frozenset(int(cpu) for cpu in cpus)
        self.limited = False  # it runs in the slot's leaf
        self.memory_used = None  # out of memory, peak bytes or None, who says so
        self.plan = None  # of `input/`, made when the jobset was known
        self.space = None
        self.pid = self.watch = 0  # watch: pidfd, or -1
        self.at = self.begun = 0  # wall ms, monotonic ns
        self.told = self.stuck = False  # its start; its output cannot be moved
        self.look = self.size = self.hole = 0  # next look at its output, size seen then, end of what was punched out
        self.aside = metrics.Aside()
        self.why = None
        self.kill_at = None
        self.out = -1  # its own output file once it is long
        self.due = 0

    def schedule(self):
        """Sets `due`, the time of the next deadline: telling the start, a look at the output, the time limit, SIGKILL."""
        due = FOREVER
        if not self.told:
            due = self.begun + SHORT
        elif self.look < due:
            due = self.look
        if self.limit is not None and self.why is None and self.begun + self.limit < due:
            due = self.begun + self.limit
        if self.kill_at is not None and self.kill_at < due:
            due = self.kill_at
        self.due = due


def exit_body(run, wall, status, usage, rest, out, outn, found, folders, note):
    """The JSON of an exit report and of the journal's exit record, without its first key. Most jobs leave nothing: no dumps then."""
    return '"id":"%s","k":"%s","st":%d,"why":%s,"at":%d,"wall":%d,"ut":%d,"stm":%d,"rss":%d,"out":%s,"outn":%d,"files":%s,"dirs":%s,"big":%s%s%s' % (
        run.id, run.kind, status, '"%s"' % run.why if run.why else 'null', run.at, wall,
        (usage.ru_utime + rest.utime) * 1e6, (usage.ru_stime + rest.stime) * 1e6, max(usage.ru_maxrss, rest.maxrss),
        '""' if out == b'' else 'null' if out is None else '"%s"' % base64(out), outn,
        '[]' if found == () else 'null' if found is None else json.dumps([(rel, mode, base64(data)) for rel, mode, data in found]),
        json.dumps(folders) if folders else '[]', 'true' if out is None or found is None else 'false',
        ',"note":%s' % json.dumps(note) if note else '', memory_body(run, usage, rest) if run.limited else '')


def memory_body(run, usage, rest):
    """What the leaf says. A process may be larger: libraries that others use, too, are charged to whoever read them first."""
    out, peak, source = run.memory_used
    text = ',"oom":true' if out else ''
    if peak is not None and peak > max(usage.ru_maxrss, rest.maxrss) << 10:
        text += ',"peak":%d,"src":"%s"' % (peak, source)
    return text


def base64(data):
    return binascii.b2a_base64(data, newline=False).decode()
