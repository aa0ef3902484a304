// Which trials are shown and in which order: `--where`, `--failed`, `--sort`, `--best`, `--pareto`. Rows stream through; only
// what needs all of them keeps them.
import type { SearchReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { ParamValue } from '../../shared/model/options.ts'
import { type Scored, withFront } from '../../shared/search/best.ts'
import { nearest } from '../../shared/text/near.ts'
import { type Field, fieldOf, isKnownField, knownNames, type TrialRow } from './trial-row.ts'
import { compileWhere, type Where } from './where.ts'

export interface SelectOptions {
  readonly where?: string
  readonly failed?: boolean
  readonly sort?: string
  readonly best?: string
  readonly pareto?: boolean
}

export interface Selection {
  readonly where: Where | null
  readonly failed: boolean
  readonly order: Order | null
  /** at most so many, of those with a result */
  readonly best: number | null
  readonly pareto: boolean
}

type Order = (a: TrialRow, b: TrialRow) => number

/** Throws `usage`. */
export function compileSelection(options: SelectOptions, search: SearchReply): Selection {
  const { best, sort, pareto = false, failed = false } = options
  const [metric] = search.metrics
  if ((best !== undefined || pareto) && metric === undefined) {
    throw new DistError('usage', 'this search has no metric, so that no trial is better than another', { hint: 'use --sort NAME' })
  }
  if (best !== undefined && !/^[1-9]\d{0,8}$/.test(best)) {
    throw new DistError('usage', `--best ${best} is no count`, { hint: 'write for example --best 10' })
  }
  if (failed && (best !== undefined || pareto)) {
    throw new DistError('usage', '--failed are trials without a result, which --best and --pareto need', { hint: 'leave one of them out' })
  }
  const by = sort ?? (best === undefined ? null : (metric?.name ?? null))
  return {
    where: options.where === undefined ? null : compileWhere(options.where, search),
    failed,
    order: by === null ? null : orderBy(by, search),
    best: best === undefined ? null : Number(best),
    pareto,
  }
}

/** True where rows come out in the order in which they go in. */
export function isStreamed({ order, pareto }: Selection): boolean {
  return order === null && !pareto
}

export async function* selectRows(rows: AsyncIterable<TrialRow>, selection: Selection, search: SearchReply): AsyncGenerator<TrialRow> {
  const fitting = filtered(rows, selection)
  if (isStreamed(selection)) yield* fitting
  else yield* (await collected(fitting, selection, search)).toSorted(selection.order ?? byNumber)
}

async function* filtered(rows: AsyncIterable<TrialRow>, { where, failed, best, pareto }: Selection): AsyncGenerator<TrialRow> {
  for await (const row of rows) {
    if (failed && (row.trial.ended === null || row.trial.state === 'reported')) continue
    if ((best !== null || pareto) && row.trial.values === null) continue
    if (where === null || where.fits(row)) yield row
  }
}

async function collected(rows: AsyncIterable<TrialRow>, { order, best, pareto }: Selection, search: SearchReply): Promise<TrialRow[]> {
  let front: readonly Scored[] = []
  let kept: TrialRow[] = []
  const most = best ?? Infinity
  for await (const row of rows) {
    if (pareto) {
      const next = withFront(front, { trial: row.trial.trial, values: row.trial.values ?? [] }, search.metrics)
      if (next === front) continue
      front = next
      const on = new Set(front.map(({ trial }) => trial))
      kept = [...kept, row].filter(({ trial }) => on.has(trial.trial))
      continue
    }
    kept.push(row)
    if (order !== null && kept.length >= 2 * most + 1000) kept = kept.toSorted(order).slice(0, most)
  }
  return order === null ? kept : kept.toSorted(order).slice(0, most)
}

const byNumber: Order = (a, b) => a.trial.trial - b.trial.trial

/** The best first by a metric, the least first by anything else, `-NAME` the other way; those without come last. */
function orderBy(text: string, search: SearchReply): Order {
  const turned = text.startsWith('-') && !isKnownField(search, text)
  const name = turned ? text.slice(1) : text
  const mode = search.metrics.find((one) => one.name === name)?.mode ?? 'min'
  const sign = (mode === 'max') === turned ? 1 : -1
  const field = fieldOf(search, name)
  return (a, b) => {
    const [left, right] = [keyOf(field, a), keyOf(field, b)]
    if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0) || byNumber(a, b)
    return sign * compareKeys(left, right) || byNumber(a, b)
  }
}

type Key = number | string

function keyOf(field: Field, row: TrialRow): Key | null {
  const value: ParamValue | undefined = field(row)
  if (value === undefined || value === null) return null
  if (typeof value === 'number' || typeof value === 'string') return value
  return typeof value === 'boolean' ? Number(value) : JSON.stringify(value)
}

/** Numbers before text. */
function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** What to say of a name in --where that no trial had; null when all were seen. */
export function unseenProblem({ where }: Selection, search: SearchReply): { readonly message: string; readonly hint: string } | null {
  const [name] = where?.unseen() ?? []
  if (name === undefined) return null
  const near = nearest(name, knownNames(search))
  const hint = near === null ? `text is written in quotes: '${name}'` : `did you mean ${near}? Text is written in quotes: '${name}'`
  return { message: `--where: no trial has a ${name}`, hint }
}
