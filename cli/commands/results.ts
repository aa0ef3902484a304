// `dist results X`: the trials of a search as a table, live with --watch; as CSV, JSON lines or Parquet; as a picture.
import type { JobsetReply, SearchReply } from '../../shared/api/types.ts'
import type { Context } from '../context.ts'
import { resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { exportTo, type FormatOptions } from '../results/export-format.ts'
import { readPages } from '../results/read-rows.ts'
import { allRows, eachRow, rowsOf } from '../results/row-streams.ts'
import { endedTrials } from '../results/search-text.ts'
import { compileSelection, isStreamed, type Selection, type SelectOptions, selectRows } from '../results/select-rows.ts'
import { printHeadLine, ShownTrials, tellProblem, tellUnseen } from '../results/show-trials.ts'

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
  const { searches } = await context.head()
  const search = await context.patiently('look', () => searches.search(jobset.id, context.signal))
  if (options.importance === true) return (await import('../results/show-importance.ts')).showImportance(context, search, options)
  const selection = compileSelection(options, search)
  if (options.plot !== undefined) {
    const { plotResults } = await import('../plot/plot-results.ts')
    return plotResults(context, search, selection, { ...options, file: options.plot })
  }
  const chosen = exportTo({ ...options, json: context.json, isTerminal: context.io.stdout.columns !== null })
  const to = chosen === null ? null : { ...chosen, bare: options.bare === true }
  if (options.watch === true) {
    return (await import('../results/watch-results.ts')).watchResults(context, jobset, search, selection, to)
  }
  if (to === null) return table(context, jobset, search, selection)
  const { tellWritten, writeResults } = await import('../results/write-results.ts')
  const trials = await writeResults(context, search, selection, to)
  tellUnseen(context, selection, search)
  tellWritten(context, search, to, trials)
  return exitCode.done
}

async function table(context: Context, jobset: JobsetReply, search: SearchReply, selection: Selection): Promise<number> {
  printHeadLine(context, jobset, search)
  tellProblem(context, search)
  context.print('')
  const shown = new ShownTrials(context, search)
  const pages = readPages(context, jobset.id)
  if (isStreamed(selection)) {
    for await (const page of pages) shown.print(await allRows(selectRows(eachRow(page), selection, search)))
  } else shown.print(await allRows(selectRows(rowsOf(pages), selection, search)))
  tellUnseen(context, selection, search)
  if (shown.count === 0) context.print(endedTrials(search) + search.open === 0 ? 'no trials yet' : 'no trial fits')
  shown.end()
  return exitCode.done
}
