"""Reads requests, does them, replies: one a line, one after the other, in order (docs/suggest-protocol.md). Called by __main__.py.

States: before `open` (hello, open), after it (hello, replay, ask, tell); importance at any time. Nothing is kept on disk; the end of stdin ends it.
"""
import json
import platform
import sys
import traceback
import warnings

from . import PROTOCOL, algorithms
from .lines import NO_MORE, Lines
from .problem import Problem
from .search import Search


class Server:
    def __init__(self):
        self.search = None

    def do(self, request):
        op = request.get('op')
        if op not in OPERATIONS:
            raise Problem('bad_request', 'there is no op %s' % json.dumps(op), 'there are: %s' % ', '.join(OPERATIONS))
        if op in ('ask', 'tell', 'replay') and self.search is None:
            raise Problem('bad_request', '%s before open' % op)
        return OPERATIONS[op](self, request)

    def hello(self, request):
        really = request.get('import', [])
        known = {name: algorithms.state(name, name in really) for name in algorithms.BACKENDS}
        return {'protocol': PROTOCOL, 'python': platform.python_version(), 'executable': sys.executable, 'algorithms': known}

    def open(self, request):
        if self.search is not None:
            raise Problem('bad_request', 'a search is open already: one for each process')
        search = Search(request)
        self.search = search
        return {'algorithm': search.algorithm, 'seed': search.seed, 'notices': search.notices}

    def ask(self, request):
        count = request.get('n')
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise Problem('bad_request', '`n` is no whole number from 1 on')
        return {'suggestions': self.search.ask(count)}

    def tell(self, request):
        return {'told': self.search.tell(list_of(request, 'results'))}

    def replay(self, request):
        events = list_of(request, 'events')
        for event in events:
            if not isinstance(event, dict) or ('ask' in event) == ('tell' in event):
                raise Problem('bad_history', 'an event has either ask or tell')
        differs = self.search.replay(events)
        return {'trials': len(self.search.placed), 'differs': differs}

    def importance(self, request):
        # sklearn is loaded only for this
        from .importance import importance
        return importance(list_of(request, 'trials'))


OPERATIONS = {
    'hello': Server.hello, 'open': Server.open, 'replay': Server.replay, 'ask': Server.ask, 'tell': Server.tell,
    'importance': Server.importance,
}


def list_of(request, key):
    value = request.get(key)
    if not isinstance(value, list):
        raise Problem('bad_request', '`%s` is no list' % key)
    return value


def answer(server, line):
    number = None
    try:
        try:
            request = json.loads(line)
        except ValueError as error:
            raise Problem('bad_request', 'a line is no JSON: %s' % error)
        if not isinstance(request, dict):
            raise Problem('bad_request', 'a request is no map')
        number = request.get('id')
        return {'id': number, 'ok': server.do(request)}
    except Problem as problem:
        return {'id': number, 'error': {'code': problem.code, 'message': problem.message, 'hint': problem.hint}}
    except Exception as error:  # an optimiser may raise anything: the caller learns it, details go to stderr
        traceback.print_exc()
        where = 'program' if server.search is None else server.search.algorithm
        return {'id': number, 'error': {'code': 'failed', 'message': '%s failed: %s' % (where, algorithms.one_line(error)), 'hint': None}}


def serve():
    warnings.simplefilter('ignore')
    lines = Lines()
    server = Server()
    while True:
        line = lines.next()
        if line is NO_MORE:
            return
        if line.strip():
            lines.reply(answer(server, line))
