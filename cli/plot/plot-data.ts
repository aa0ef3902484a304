// What pictures are drawn of: of each trial its number, values and parameters as numbers, gathered in one reading.
import type { SearchReply, TrialReply } from '../../shared/api/types.ts'
import type { Value } from '../../shared/model/value.ts'
import { paramNames, paramOf, type TrialRow } from '../results/trial-row.ts'
import { paramShown } from '../results/value-shown.ts'

export interface PlotTrial {
  readonly trial: number
  /** of each metric; null when it ended without */
  readonly values: readonly number[] | null
  /** in the order of the search's parameters: a number, or which of the names; null when it is not known */
  readonly params: readonly (number | null)[]
}

export interface PlotParam {
  readonly name: string
  /** null: its values are numbers */
  readonly names: readonly string[] | null
}

export interface PlotData {
  readonly trials: readonly PlotTrial[]
  readonly params: readonly PlotParam[]
}

/** What is kept of a trial while all are read: not what it sent. */
type Ended = Pick<TrialReply, 'trial' | 'values' | 'params'>

/** By number of the trial. */
export async function plotData(rows: AsyncIterable<TrialRow>, search: SearchReply): Promise<PlotData> {
  const ended: Ended[] = []
  for await (const { trial } of rows) {
    if (trial.ended !== null) ended.push({ trial: trial.trial, values: trial.values, params: trial.params })
  }
  ended.sort((a, b) => a.trial - b.trial)
  const names = paramNames(search, ended)
  const read = ended.map(({ trial, values, params }) => ({ trial, values, params: names.map((name) => drawn(paramOf({ params }, name))) }))
  const params = names.map((name, k): PlotParam => {
    const values = new Set(read.map((one) => one.params[k] ?? null))
    const isNumber = [...values].every((value) => typeof value !== 'string')
    return { name, names: isNumber ? null : [...values].flatMap((value) => (value === null ? [] : [String(value)])).sort() }
  })
  const place = params.map(({ names }) => (names === null ? null : new Map(names.map((name, k) => [name, k]))))
  const placed = (value: number | string | null | undefined, k: number): number | null => {
    const known = place[k] ?? null
    if (value === null || value === undefined) return null
    return known === null ? Number(value) : (known.get(String(value)) ?? null)
  }
  return { params, trials: read.map(({ trial, values, params: own }) => ({ trial, values, params: own.map(placed) })) }
}

function drawn(value: Value | undefined): number | string | null {
  if (value === undefined) return null
  return value.kind === 'int' || value.kind === 'float' ? value.value : value.kind === 'null' ? 'null' : paramShown(value)
}
