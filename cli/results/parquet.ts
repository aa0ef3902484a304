// Results as Parquet: typed columns, written a group of rows at a time. Lists, maps and columns of several types are JSON text.
// The package is loaded when a file is written.
import type { SearchReply } from '../../shared/api/types.ts'
import type { ParamValue } from '../../shared/model/options.ts'
import { plain, type Value } from '../../shared/model/value.ts'
import { jsonText } from '../../shared/trial/value-text.ts'
import type { ColumnType, RowProfile } from './row-profile.ts'
import { sentValue } from './sent-fields.ts'
import type { Sink } from './sink.ts'
import { ownNames, paramOf, secondsOf, type TrialRow } from './trial-row.ts'

type Stored = 'BOOLEAN' | 'INT64' | 'DOUBLE' | 'STRING' | 'TIMESTAMP'
type Cell = boolean | bigint | number | string | Date | null

interface ParquetColumn {
  readonly name: string
  readonly type: Stored
  readonly cell: (row: TrialRow) => Cell
}

/** rows that are in memory at once */
const groupSize = 10_000

const storedAs: Readonly<Record<ColumnType, Stored>> = {
  ...{ none: 'DOUBLE', bool: 'BOOLEAN', int: 'INT64', float: 'DOUBLE', text: 'STRING', json: 'STRING' },
}

export async function writeParquet(
  rows: AsyncIterable<TrialRow>,
  search: SearchReply,
  profile: RowProfile,
  sink: Pick<Sink, 'write' | 'flush'>,
): Promise<void> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer')
  const columns = columnsOf(search, profile)
  const bytes = new ByteWriter()
  const schema = schemaFromColumnData({ columnData: columns.map(({ name, type }) => ({ name, type, data: [] })) })
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'dist' })
  const send = async (): Promise<void> => {
    sink.write(bytes.getBytes().slice())
    bytes.index = 0
    await sink.flush()
  }
  let group: TrialRow[] = []
  const write = async (): Promise<void> => {
    const columnData = columns.map(({ name, type, cell }) => ({ name, type, data: group.map(cell) }))
    await writer.write({ columnData, rowGroupSize: groupSize })
    group = []
    await send()
  }
  for await (const row of rows) {
    group.push(row)
    if (group.length >= groupSize) await write()
  }
  if (group.length > 0) await write()
  await writer.finish()
  await send()
}

const own: readonly ParquetColumn[] = [
  { name: 'trial', type: 'INT64', cell: ({ trial }) => BigInt(trial.trial) },
  { name: 'label', type: 'STRING', cell: ({ trial }) => trial.label },
  { name: 'state', type: 'STRING', cell: ({ trial }) => trial.state },
  { name: 'node', type: 'STRING', cell: ({ trial }) => trial.node },
  { name: 'attempts', type: 'INT64', cell: ({ trial }) => BigInt(trial.attempts) },
  { name: 'exit_code', type: 'INT64', cell: ({ trial }) => (trial.exitCode === null ? null : BigInt(trial.exitCode)) },
  { name: 'started_at', type: 'TIMESTAMP', cell: ({ trial }) => dateOf(trial.startedAt) },
  { name: 'finished_at', type: 'TIMESTAMP', cell: ({ trial }) => dateOf(trial.finishedAt) },
  { name: 'seconds', type: 'DOUBLE', cell: ({ trial }) => secondsOf(trial) ?? null },
  { name: 'warning', type: 'STRING', cell: ({ trial }) => trial.warning },
  { name: 'reason', type: 'STRING', cell: ({ trial }) => trial.reason },
]

function columnsOf({ metrics }: SearchReply, { params, sent }: RowProfile): readonly ParquetColumn[] {
  const taken = new Set<string>([...own.map(({ name }) => name), ...ownNames])
  const ofParams = [...params].map(([name, type]): ParquetColumn => {
    return { name: `config/${name}`, type: storedAs[type], cell: ({ trial }) => paramCell(paramOf(trial, name), type) }
  })
  const ofSent = [...sent].map(([name, type]): ParquetColumn => {
    const metric = metrics.findIndex((one) => one.name === name)
    const column = taken.has(name) || name.startsWith('config/') ? `data/${name}` : name
    return { name: column, type: storedAs[type], cell: (row) => sentCell(row, name, metric, type) }
  })
  return [...own, ...ofParams, ...ofSent]
}

function dateOf(at: number | null): Date | null {
  return at === null ? null : new Date(at)
}

function paramCell(value: Value | undefined, type: ColumnType): Cell {
  if (value === undefined || value.kind === 'null') return null
  return type === 'json' ? jsonText(value) : typedCell(plain(value), type)
}

function sentCell({ trial, sent }: TrialRow, name: string, metric: number, type: ColumnType): Cell {
  const text = sent.get(name)
  if (text === undefined) return type === 'float' || type === 'none' ? (trial.values?.[metric] ?? null) : null
  if (text === 'null') return null
  return type === 'json' ? text : typedCell(sentValue(text), type)
}

function typedCell(value: ParamValue, type: ColumnType): Cell {
  if (typeof value === 'number') return type === 'int' ? BigInt(value) : value
  return typeof value === 'boolean' || typeof value === 'string' ? value : null
}
