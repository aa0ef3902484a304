"""The start of a keeper: proves its slot empty. Whatever the last one left running is killed and waited for, and said in the journal."""
import json
import os
import signal
import sys
import time

import keeper_process as processes


def recover(journal, work, marker):
    """Writes an exit record with why `lost` for every attempt that a keeper before this one started and did not see end."""
    boot = processes.boot_id()
    open_ones = {}
    for record, _ in journal.records:
        if record.get('r') == 's':
            open_ones[record['id']] = record
        else:
            open_ones.pop(record.get('id'), None)
    journal.records = None
    left = {}
    for record in open_ones.values():
        pid, ticks = record.get('pid'), record.get('ticks')
        facts = processes.stat_of(pid) if record.get('boot') == boot else None
        # A process number is used again; the start time is not.
        if facts is not None and ticks[0] <= facts[2] <= ticks[1]:
            for each in tree_of(pid):
                left[each] = facts[2] if each == pid else None
    for each in left:
        processes.kill(each, signal.SIGKILL)
    wait_gone(left)
    for attempt in sweep(marker):
        # Started, but its keeper died before it could write the record.
        open_ones.setdefault(attempt, {'id': attempt, 'k': 'job', 'at': 0})
    for attempt, record in open_ones.items():
        big = os.path.isdir('%s/attempts/%s' % (work, attempt))
        body = json.dumps({
            'r': 'x', 'id': attempt, 'k': record.get('k', 'job'), 'st': 9, 'why': 'lost', 'at': record.get('at', 0),
            'wall': 0, 'ut': 0, 'stm': 0, 'rss': 0, 'out': '', 'outn': 0, 'files': [], 'dirs': [], 'big': big,
        }, separators=(',', ':'))
        try:
            journal.append(attempt, body.encode())
        except OSError as error:
            print('keeper: cannot write that %s is lost: %s' % (attempt, error), file=sys.stderr)


def tree_of(pid):
    found = [pid]
    for each in found:
        found += [k for k in processes.children_of(each) if k not in found]
    return found


def sweep(marker):
    """Kills every process that carries this slot's marker until there is none; returns the attempts that they name."""
    attempts = set()
    needle = marker.encode()
    while True:
        found = []
        for pid in processes.pids():
            try:
                with open('/proc/%d/environ' % pid, 'rb') as file:
                    entries = file.read().split(b'\0')
            except OSError:
                continue
            if needle in entries:
                found.append(pid)
                attempts.update(e[13:].decode() for e in entries if e.startswith(b'DIST_ATTEMPT='))
        if not found:
            return attempts
        for pid in found:
            processes.kill(pid, signal.SIGKILL)
        wait_gone(found)


def wait_gone(pids):
    """Waits until killed processes that are not our children are gone; zombies that nobody reaps count as gone."""
    told = time.monotonic() + 10
    while True:
        alive = [pid for pid in pids if (processes.stat_of(pid) or 'Z')[0] not in 'ZX']
        if not alive:
            return
        if time.monotonic() > told:
            told += 60
            print('keeper: waiting for the end of killed processes %s' % alive, file=sys.stderr)
        time.sleep(0.002)
