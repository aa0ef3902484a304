// Writes the results of a search to stdout or to a file: CSV, JSON lines or Parquet. Rows are read twice where the columns are
// only known at the end, and never lie in memory as text; what is sorted lies there as rows.
import type { SearchReply } from '../../shared/api/types.ts'
import type { Io } from '../local/io.ts'
import { Csv, type CsvForm } from './csv.ts'
import { jsonLine } from './json-lines.ts'
import { writeParquet } from './parquet.ts'
import { profileRows } from './row-profile.ts'
import { openSink, type Sink } from './sink.ts'
import type { TrialRow } from './trial-row.ts'

export const exportFormats = ['csv', 'json', 'parquet'] as const
export type ExportFormat = (typeof exportFormats)[number]

export interface Export {
  readonly search: SearchReply
  /** called for each reading; every time the same rows */
  readonly rows: () => AsyncIterable<TrialRow>
  readonly format: ExportFormat
  readonly csv: CsvForm
  /** null = stdout */
  readonly file: string | null
}

/** text that is gathered before it is written */
const chunkSize = 64 << 10

/** Number of rows. A file is there whole or not at all. */
export async function exportResults(io: Io, wanted: Export): Promise<number> {
  const sink = openSink(io, wanted.file)
  try {
    const count = await writeRows(wanted, sink)
    sink.done()
    return count
  } catch (error) {
    sink.drop()
    throw error
  }
}

async function writeRows({ search, rows, format, csv: form }: Export, sink: Sink): Promise<number> {
  if (format === 'json') return writeLines(rows(), sink, '', (row) => jsonLine(row, search))
  const profile = await profileRows(rows(), search)
  if (format === 'parquet') {
    await writeParquet(rows(), search, profile, sink)
    return profile.rows
  }
  const csv = new Csv(search, profile, form)
  return writeLines(rows(), sink, csv.header(), (row) => csv.line(row))
}

async function writeLines(rows: AsyncIterable<TrialRow>, sink: Sink, first: string, line: (row: TrialRow) => string): Promise<number> {
  let text = first
  let count = 0
  for await (const row of rows) {
    text += line(row)
    count++
    if (text.length < chunkSize) continue
    sink.write(text)
    text = ''
    await sink.flush()
  }
  sink.write(text)
  await sink.flush()
  return count
}
