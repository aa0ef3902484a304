// Rows as streams and back.
import type { TrialRow } from './trial-row.ts'

export async function allRows(rows: AsyncIterable<TrialRow>): Promise<TrialRow[]> {
  const kept: TrialRow[] = []
  for await (const row of rows) kept.push(row)
  return kept
}

export async function* eachRow(rows: Iterable<TrialRow>): AsyncGenerator<TrialRow> {
  yield* rows
}

export async function* rowsOf(pages: AsyncIterable<readonly TrialRow[]>): AsyncGenerator<TrialRow> {
  for await (const page of pages) yield* page
}
