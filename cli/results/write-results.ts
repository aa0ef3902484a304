// Writes what was selected to stdout or a file, and tells it. Used by `dist results`, and by its --watch for every version of a file.
import type { SearchReply } from '../../shared/api/types.ts'
import type { Context } from '../context.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { csvFormOf } from './csv-form.ts'
import type { ExportTo } from './export-format.ts'
import { exportResults } from './export-results.ts'
import { readEnded } from './read-rows.ts'
import { allRows, eachRow } from './row-streams.ts'
import { isStreamed, type Selection, selectRows } from './select-rows.ts'

export interface Written extends ExportTo {
  /** csv as the released batchtools leave it */
  readonly bare: boolean
}

/** The trials that had ended by the search's revision; how many fitted. */
export async function writeResults(context: Context, search: SearchReply, selection: Selection, to: Written): Promise<number> {
  const read = () => selectRows(readEnded(context, search), selection, search)
  const kept = isStreamed(selection) ? null : await allRows(read())
  const rows = kept === null ? read : () => eachRow(kept)
  return exportResults(context.io, { search, rows, format: to.format, csv: csvFormOf(search, to.bare), file: to.file })
}

/** Nothing where the rows went to stdout. --json: `{file, format, trials}`. */
export function tellWritten(context: Context, search: SearchReply, { file, format }: ExportTo, trials: number): void {
  if (file === null) return
  if (context.json) context.io.stdout.write(`${JSON.stringify({ file, format, trials })}\n`)
  else context.print(`wrote ${file}: ${counted(trials, 'trial')} of ${jobsetLabel(search)}`)
}
