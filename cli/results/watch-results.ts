// `dist results X --watch`: rows, JSON lines or a file that is kept up to date, until the search is done.
import type { JobsetReply, SearchReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { Progress } from '../render/progress.ts'
import { jsonLine } from './json-lines.ts'
import { allRows, eachRow } from './row-streams.ts'
import { endedTrials } from './search-text.ts'
import { isStreamed, type Selection, selectRows } from './select-rows.ts'
import { headLine, printHeadLine, ShownTrials, tellProblem, tellUnseen } from './show-trials.ts'
import type { TrialRow } from './trial-row.ts'
import { watchTrials } from './watch-trials.ts'
import { tellWritten, type Written, writeResults } from './write-results.ts'

/** ms between two versions of a file; more where writing takes longer */
const filePause = 2000

/** `to` null: a table. Exit status 1 when the search failed. Throws `usage` where something wants all trials at once. */
export async function watchResults(
  context: Context,
  jobset: JobsetReply,
  first: SearchReply,
  selection: Selection,
  to: Written | null,
): Promise<number> {
  refuseWhole(selection, to)
  const progress = new Progress(context.io.stderr, context.showsProgress && context.io.stderr.columns !== null)
  const shown = new ShownTrials(context, first)
  const file = to === null || to.file === null ? null : new KeptFile(context, selection, to)
  const onRows = async (rows: readonly TrialRow[]): Promise<void> => {
    progress.clear()
    const fitting = await allRows(selectRows(eachRow(rows), selection, first))
    if (to === null) shown.print(fitting)
    else if (file === null) for (const row of fitting) context.io.stdout.write(jsonLine(row, first))
  }
  try {
    const done = await watchTrials(context, jobset, {
      onRows,
      onLook: async (now, search) => {
        progress.update(headLine(context, now, search), endedTrials(search) / Math.max(1, search.total))
        await file?.update(search)
      },
    })
    progress.clear()
    tellUnseen(context, selection, done)
    if (shown.count > 0) context.print('')
    file?.tell(done)
    printHeadLine(context, await latest(context, jobset.id), done)
    shown.end()
    tellProblem(context, done)
    return done.reason === 'failed' ? exitCode.failed : exitCode.done
  } finally {
    progress.clear()
  }
}

class KeptFile {
  readonly #context: Context
  readonly #selection: Selection
  readonly #to: Written
  #revision = -1
  #due = 0
  #trials = 0

  constructor(context: Context, selection: Selection, to: Written) {
    this.#context = context
    this.#selection = selection
    this.#to = to
  }

  /** Writes it anew when there is something new and it is time, or when the search is done. */
  async update(search: SearchReply): Promise<void> {
    const began = performance.now()
    const isNew = search.revision !== this.#revision && began >= this.#due
    if (!isNew && search.state !== 'done') return
    this.#trials = await writeResults(this.#context, search, this.#selection, this.#to)
    this.#revision = search.revision
    const took = performance.now() - began
    this.#due = began + took + Math.max(filePause, 10 * took)
  }

  tell(search: SearchReply): void {
    tellWritten(this.#context, search, this.#to, this.#trials)
  }
}

function refuseWhole(selection: Selection, to: Written | null): void {
  if (!isStreamed(selection)) {
    throw new DistError('usage', '--watch shows trials as they end, and --sort, --best and --pareto want all of them', {
      hint: 'leave one of them out',
    })
  }
  if (to !== null && to.file === null && to.format !== 'json') {
    throw new DistError('usage', `--watch and --${to.format} on stdout do not go together`, {
      hint: `add --output results.${to.format}: the file is written anew as trials end`,
    })
  }
}

async function latest(context: Context, jobset: number): Promise<JobsetReply> {
  const head = await context.head()
  return context.patiently('look', () => head.jobset(jobset, context.signal))
}
