"""What each order of agent and launcher does to a keeper (docs/keeper-protocol.md). Called by keeper.py when something has come."""
import json
import time
from collections import deque

from keeper_records import complain
from keeper_run import Run
from keeper_workspace import Workspace


def take(keeper):
    lists = keeper.channel.take()
    if lists is None:
        keeper.leave_now()
        return
    for orders in lists:
        for order in orders if isinstance(orders, list) else ():
            try:
                obey(keeper, order)
            except (KeyError, TypeError, ValueError, OSError) as error:
                complain('order %.200r makes no sense: %r' % (order, error))


def obey(keeper, order):
    op = order['op']
    run = keeper.run
    if op == 'run':
        add(keeper, order)
    elif op == 'forget':
        keeper.journal.forget([i for i in order['ids'] if run is None or i != run.id])
    elif op == 'drop':
        drop(keeper, set(order['ids']))
    elif op == 'kill':
        if run is not None and run.id == order['id']:
            keeper.end(run, order['why'], int(order['grace'] * 1000000000), time.monotonic_ns())
        else:
            drop(keeper, {order['id']})
    elif op == 'tmpl':
        learn(keeper, order)
    elif op == 'inv':
        inventory(keeper)
    elif op == 'stop':
        keeper.leaving = 'stop'
        drop(keeper, {each.id for each in keeper.queue})
        if run is not None:
            keeper.end(run, 'kill', int(order['grace'] * 1000000000), time.monotonic_ns())
    elif op == 'retire':
        keeper.leaving = 'retire'


def learn(keeper, order):
    """A jobset's template, new or in place of the one before."""
    space = Workspace(order)
    before = keeper.spaces.get(order['t'])
    if before is not None and before is keeper.space:
        keeper.space = None
    keeper.spaces[order['t']] = space
    views = keeper.views
    if views.mounted:
        busy = None if keeper.run is None else keeper.run.space.path
        for path in {space.path, space.path if before is None else before.path}:
            views.renew(path, busy)
        views.drop_gone(busy)


def add(keeper, order):
    # Prepared here, while another job runs, rather than at the boundary.
    run = Run(order)
    space = keeper.spaces.get(run.t)
    if space is not None and run.kind == 'job':
        try:
            run.plan = space.plan.over(run.files)
        except OSError as error:
            return keeper.fail(run, 'stage', str(error))
    keeper.queue.append(run)


def drop(keeper, ids):
    dropped = [run.id for run in keeper.queue if run.id in ids]
    if dropped:
        keeper.queue = deque(run for run in keeper.queue if run.id not in ids)
        keeper.report(json.dumps({'e': 'dropped', 'ids': dropped}))
        keeper.flush()


def inventory(keeper):
    run = keeper.run
    running = ('null', 'null', 0, 0, 'false')
    if run is not None:
        running = ('"%s"' % run.id, '"%s"' % run.kind, run.pid, run.at, 'true' if run.out >= 0 else 'false')
    keeper.report('{"e":"inv","run":%s,"k":%s,"pid":%d,"at":%d,"big":%s,"queue":%s,"journal":%s}' % (
        running + (json.dumps([each.id for each in keeper.queue]), json.dumps(list(keeper.journal.kept)))))
    keeper.flush()
