// `dist results X`: the trials of a search as a table, live with --watch; as CSV, JSON lines or Parquet; as a picture.
import type { JobsetReply, SearchReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { Context } from '../context.ts'
import { resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { Progress } from '../render/progress.ts'
import { type ExportTo, exportTo, type FormatOptions } from '../results/export-format.ts'
import { readEnded, readPages } from '../results/read-rows.ts'
import { endedTrials } from '../results/search-text.ts'
import { compileSelection, isStreamed, type Selection, type SelectOptions, selectRows, unseenProblem } from '../results/select-rows.ts'
import { headLine, printHeadLine, ShownTrials } from '../results/show-trials.ts'
import type { TrialRow } from '../results/trial-row.ts'
import { watchTrials } from '../results/watch-trials.ts'

export interface ResultsOptions extends SelectOptions, Pick<FormatOptions, 'csv' | 'parquet' | 'output'> {
  readonly watch?: boolean
  readonly bare?: boolean
  readonly plot?: string
  readonly x?: string
  readonly y?: string
  readonly importance?: boolean
  readonly python: string
}

/** --json: a line for each trial that ended; with --output, --plot and --importance one value. */
export async function results(context: Context, text: string | undefined, options: ResultsOptions): Promise<number> {
  const { jobset } = await resolveTarget(context, 'look', text, 'jobset')
  const head = await context.head()
  const search = await context.patiently('look', () => head.searches.search(jobset.id, context.signal))
  if (options.importance === true) return (await import('../results/show-importance.ts')).showImportance(context, search, options)
  const selection = compileSelection(options, search)
  if (options.plot !== undefined) {
    const { plotResults } = await import('../plot/plot-results.ts')
    return plotResults(context, search, selection, { ...options, file: options.plot })
  }
  const isTerminal = context.io.stdout.columns !== null
  const to = exportTo({ ...options, json: context.json, isTerminal })
  if (options.watch === true) return watch(context, jobset, search, selection, to, options)
  if (to !== null) return write(context, search, selection, to, options)
  return table(context, jobset, search, selection)
}

async function table(context: Context, jobset: JobsetReply, search: SearchReply, selection: Selection): Promise<number> {
  printHeadLine(context, jobset, search)
  if (search.problem !== null) context.warn(search.problem.message, search.problem.hint ?? undefined)
  const shown = new ShownTrials(context, search)
  context.print('')
  if (isStreamed(selection)) {
    for await (const page of readPages(context, jobset.id)) shown.print(await all(selectRows(each(page), selection, search)))
  } else shown.print(await all(selectRows(rowsOf(readPages(context, jobset.id)), selection, search)))
  tellUnseen(context, selection, search)
  if (shown.count === 0) context.print(endedTrials(search) + search.open === 0 ? 'no trials yet' : 'no trial fits')
  shown.end()
  return exitCode.done
}

async function write(context: Context, search: SearchReply, selection: Selection, to: ExportTo, options: ResultsOptions): Promise<number> {
  const trials = await exported(context, search, selection, to, options)
  tellUnseen(context, selection, search)
  if (to.file === null) return exitCode.done
  const { format, file } = to
  if (context.json) context.io.stdout.write(`${JSON.stringify({ file, format, trials })}\n`)
  else context.print(`wrote ${file}: ${counted(trials, 'trial')} of ${jobsetLabel(search)}`)
  return exitCode.done
}

async function exported(
  context: Context,
  search: SearchReply,
  selection: Selection,
  { format, file }: ExportTo,
  options: ResultsOptions,
): Promise<number> {
  const { exportResults } = await import('../results/export-results.ts')
  const { csvFormOf } = await import('../results/csv-form.ts')
  const read = () => selectRows(readEnded(context, search), selection, search)
  const kept = isStreamed(selection) ? null : await all(read())
  const rows = kept === null ? read : () => each(kept)
  return exportResults(context.io, { search, rows, format, csv: csvFormOf(search, options.bare === true), file })
}

/** ms between two writings of a file that is kept up to date; more where writing takes longer */
const filePause = 2000

async function watch(
  context: Context,
  jobset: JobsetReply,
  first: SearchReply,
  selection: Selection,
  to: ExportTo | null,
  options: ResultsOptions,
): Promise<number> {
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
  const progress = new Progress(context.io.stderr, context.showsProgress && context.io.stderr.columns !== null)
  const shown = new ShownTrials(context, first)
  const { jsonLine } = await import('../results/json-lines.ts')
  const written = { trials: -1, due: 0 }
  const onRows = async (rows: readonly TrialRow[]): Promise<void> => {
    progress.clear()
    const fitting = await all(selectRows(each(rows), selection, first))
    if (to === null) shown.print(fitting)
    else if (to.file === null) for (const row of fitting) context.io.stdout.write(jsonLine(row, first))
  }
  const keepFile = async (search: SearchReply): Promise<void> => {
    if (to === null || to.file === null || (search.revision === written.trials && search.state !== 'done')) return
    const began = performance.now()
    if (began < written.due && search.state !== 'done') return
    await exported(context, search, selection, to, options)
    written.trials = search.revision
    written.due = performance.now() + Math.max(filePause, 10 * (performance.now() - began))
  }
  try {
    const done = await watchTrials(context, jobset, {
      onRows,
      onLook: async (now, search) => {
        progress.update(headLine(context, now, search), endedTrials(search) / Math.max(1, search.total))
        await keepFile(search)
      },
    })
    progress.clear()
    tellUnseen(context, selection, done)
    printHeadLine(context, await latest(context, jobset.id), done)
    shown.end()
    if (done.problem !== null) context.warn(done.problem.message, done.problem.hint ?? undefined)
    return done.reason === 'failed' ? exitCode.failed : exitCode.done
  } finally {
    progress.clear()
  }
}

async function latest(context: Context, jobset: number): Promise<JobsetReply> {
  const head = await context.head()
  return context.patiently('look', () => head.jobset(jobset, context.signal))
}

function tellUnseen(context: Context, selection: Selection, search: SearchReply): void {
  const problem = unseenProblem(selection, search)
  if (problem !== null && endedTrials(search) > 0) context.warn(problem.message, problem.hint)
}

async function all(rows: AsyncIterable<TrialRow>): Promise<TrialRow[]> {
  const kept: TrialRow[] = []
  for await (const row of rows) kept.push(row)
  return kept
}

async function* each(rows: Iterable<TrialRow>): AsyncGenerator<TrialRow> {
  yield* rows
}

async function* rowsOf(pages: AsyncIterable<readonly TrialRow[]>): AsyncGenerator<TrialRow> {
  for await (const page of pages) yield* page
}
