// What the columns of an export are, found by reading the rows once before they are written: keys that were sent, and of what
// type their values and those of the parameters are.
import type { SearchReply } from '../../shared/api/types.ts'
import type { Value } from '../../shared/model/value.ts'
import { sentValue } from './sent-fields.ts'
import type { TrialRow } from './trial-row.ts'

/** `none`: null wherever it is; `json`: of several types, or a list or a map */
export type ColumnType = 'none' | 'bool' | 'int' | 'float' | 'text' | 'json'

export interface RowProfile {
  readonly params: ReadonlyMap<string, ColumnType>
  /** the metrics first, then keys in the order in which they came up */
  readonly sent: ReadonlyMap<string, ColumnType>
  readonly rows: number
}

export async function profileRows(rows: AsyncIterable<TrialRow>, { params, metrics }: SearchReply): Promise<RowProfile> {
  const found = {
    params: new Map<string, ColumnType>(params.map((name) => [name, 'none'])),
    sent: new Map<string, ColumnType>(metrics.map(({ name }) => [name, 'none'])),
    rows: 0,
  }
  for await (const { trial, sent } of rows) {
    found.rows++
    for (const [name, value] of trial.params ?? []) found.params.set(name, joined(found.params.get(name) ?? 'none', typeOfParam(value)))
    for (const [key, text] of sent) found.sent.set(key, joined(found.sent.get(key) ?? 'none', typeOfSent(text)))
  }
  return found
}

function joined(a: ColumnType, b: ColumnType): ColumnType {
  if (a === b || b === 'none') return a
  if (a === 'none') return b
  return (a === 'int' && b === 'float') || (a === 'float' && b === 'int') ? 'float' : 'json'
}

function typeOfParam({ kind }: Value): ColumnType {
  switch (kind) {
    case 'null':
      return 'none'
    case 'list':
    case 'tuple':
    case 'map':
      return 'json'
    default:
      return kind
  }
}

function typeOfSent(text: string): ColumnType {
  if (text === 'null') return 'none'
  if (text === 'true' || text === 'false') return 'bool'
  if (text.startsWith('"')) return 'text'
  if (text.startsWith('{') || text.startsWith('[')) return 'json'
  return /[.eE]/.test(text) || !Number.isSafeInteger(sentValue(text)) ? 'float' : 'int'
}
