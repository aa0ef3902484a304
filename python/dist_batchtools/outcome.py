"""Sends a compiled call to dist, gathers the rows that come back, and leaves `<label>.csv` as batchtools does."""
import json
import os

from . import channel
from .results import Result, ResultGrid, Study, algo_study, returns_bare_grid
from .table import write_table
from .typed import unpacked


class Outcome:
    def __init__(self, compiled, trials, end):
        self.grid = ResultGrid(trials, compiled, end)
        self._compiled = compiled

    def study(self):
        """In the form of the netpyne that is installed."""
        return self.grid if returns_bare_grid() else Study(self.grid)

    def algo_study(self):
        return algo_study(self.grid)


def run_call(compiled):
    found, end = {}, {}
    for reply in channel.call(compiled.request):
        if reply['kind'] == 'trials':
            # one that is run again comes again
            found.update((row['trial'], trial_of(row, compiled)) for row in reply['trials'])
        elif reply['kind'] == 'done':
            end = reply
    trials = [found[number] for number in sorted(found)]
    outcome = Outcome(compiled, trials, end)
    path = os.path.join(compiled.request['cwd'], compiled.label + '.csv')
    write_table(path, outcome.grid.columns(compiled.prune), trials)
    return outcome


def trial_of(row, compiled):
    config = {name: unpacked(value) for name, value in row['params'] or []}
    config.update(zip(compiled.keys, (compiled.save_folder, row['label'])))
    sent = sent_of(row['report'])
    metrics = dict(zip(compiled.metrics, map(float, row['values'] or []))) if row['state'] == 'reported' else {}
    error = None
    if row['state'] != 'reported':
        reason = row['reason'] or 'no more is known'
        error = RuntimeError(reason if reason.startswith(row['state']) else '{}: {}'.format(row['state'], reason))
    elif sent is None and compiled.reports:
        error = RuntimeError('no_result: the job ended and sent nothing')
    return Result(number=row['trial'], label=row['label'], path=compiled.output_path, config=config, sent=sent or {}, metrics=metrics,
                  error=error, seconds=row.get('seconds'), node=row.get('node'))


def sent_of(report):
    """What the job sent: the object, or whatever it is under the name `_raw`. None: nothing."""
    if report is None:
        return None
    try:
        sent = json.loads(report['text'])
    except ValueError:
        return {'_raw': report['text']}
    return sent if isinstance(sent, dict) else {'_raw': sent}
