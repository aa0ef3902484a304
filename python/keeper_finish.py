"""From the end of a job's first process to its report: ends the rest, collects, writes the record. Called by keeper.py."""
import os
import time

import keeper_collect as collecting
from keeper_run import exit_body


def finish(keeper, status, usage):
    run = keeper.run
    wall = (time.monotonic_ns() - run.begun) // 1000
    keeper.unwatch(run)
    rest = keeper.rest
    if run.limited:
        keeper.limits.kill()
    rest.reap()
    if run.limited:
        run.memory_used = keeper.limits.end() + (keeper.limits.source,)
    space = run.space
    note = None
    order = None
    found = folders = ()
    small = False
    try:
        found, folders, note, order = collecting.collect(keeper.work, space, run.id, keeper.output)
    except OSError as error:
        space.save = None
        note = 'distribute_save could not be kept: %s' % error
    try:
        out, outn, remark = keeper.output.take(run)
        note = note or remark
        small = out is not None
    except OSError as error:
        out, outn = b'', 0
        note = 'the output could not be kept: %s' % error
        os.ftruncate(keeper.output.fd, 0)  # or the next job would begin with it
    body = exit_body(run, wall, status, usage, rest, out, outn, found, folders, note)
    keeper.run = None
    keeper.records.ended(run, body)
    if out:
        os.ftruncate(keeper.output.fd, 0)
    if run.out >= 0:
        os.close(run.out)
        if small:
            keeper.output.unmove(run.id)
    if order is not None:
        try:
            collecting.clear(space, order)
        except OSError:
            space.save = None  # staging tries again and says what is wrong
    keeper.report('{"e":"exit",%s}' % body)
    if not keeper.queue:
        keeper.flush()
