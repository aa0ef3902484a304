// What goes to python/dist_suggest and comes back, as docs/suggest-protocol.md has it: shapes, and the converters from what a
// line of JSON holds. Used by suggester.ts and suggest-child.ts; the search's bookkeeping makes and keeps the events.
import { DistError } from '../../shared/base/errors.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** One parameter that is searched; constants are not sent. */
export type SuggestParam =
  | {
      readonly name: string
      readonly kind: 'float'
      readonly low: number
      readonly high: number
      readonly log?: boolean
      readonly step?: number
    }
  | {
      readonly name: string
      readonly kind: 'int'
      readonly low: number
      readonly high: number
      readonly log?: boolean
      readonly step?: number
    }
  | { readonly name: string; readonly kind: 'normal'; readonly mean: number; readonly sd: number; readonly step?: number }
  | { readonly name: string; readonly kind: 'choice' | 'grid'; readonly values: readonly Json[] }

/** What a search's suggestions follow from, beside its history. It must stay the same from start to start. */
export interface SuggestSearch {
  readonly space: readonly SuggestParam[]
  readonly algorithm: string
  readonly algorithm_config: Readonly<Record<string, Json>>
  /** a whole number from 0 on: whoever gives none is given one, which is written down */
  readonly seed: number
  readonly metrics: readonly string[]
  readonly modes: readonly ('min' | 'max')[]
  readonly points_to_evaluate: readonly Readonly<Record<string, Json>>[]
  /** trials that run at once */
  readonly batch: number
  /** trials in all when the search began; some optimisers plan with it */
  readonly budget?: number
}

/** `trial` counts from 0 in the order of suggestions. */
export interface Suggestion {
  readonly trial: number
  readonly params: Readonly<Record<string, Json>>
}

export type TrialResult =
  | { readonly trial: number; readonly values: readonly number[] }
  | { readonly trial: number; readonly failed: true }
  | { readonly trial: number; readonly penalty: number | readonly number[] }

/** One entry of a search's history: what an ask for `n` gave, or what was told, in order. */
export type SuggestEvent = { readonly ask: readonly Suggestion[]; readonly n: number } | { readonly tell: readonly TrialResult[] }

/** A trial whose suggestion would be another one now; `now` is null when there would be none. */
export interface Difference {
  readonly trial: number
  readonly now: Readonly<Record<string, Json>> | null
}

export interface AlgorithmState {
  readonly available: boolean
  readonly version: string | null
  readonly why: string | null
}

export type Reply = { readonly ok: unknown } | { readonly code: string; readonly message: string; readonly hint: string | null }

/** A line that answers request `id`, or null when it is none. */
export function readReply(line: string, id: number): Reply | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (!isMap(value) || value['id'] !== id) return null
  if ('ok' in value) return { ok: value['ok'] }
  const error = value['error']
  if (!isMap(error) || typeof error['code'] !== 'string' || typeof error['message'] !== 'string') return null
  return { code: error['code'], message: error['message'], hint: typeof error['hint'] === 'string' ? error['hint'] : null }
}

/** Suggestions of an `ask`; what is none of them is a bug of the program. */
export function readSuggestions(value: unknown): readonly Suggestion[] {
  return listIn(value, 'suggestions').map((item) => {
    if (!isMap(item) || typeof item['trial'] !== 'number' || !isMap(item['params'])) throw malformed('a suggestion')
    return { trial: item['trial'], params: item['params'] as Readonly<Record<string, Json>> }
  })
}

export function readDifferences(value: unknown): readonly Difference[] {
  return listIn(value, 'differs').map((item) => {
    if (!isMap(item) || typeof item['trial'] !== 'number') throw malformed('a difference')
    const now = item['now']
    return { trial: item['trial'], now: isMap(now) ? (now as Readonly<Record<string, Json>>) : null }
  })
}

export function readNotices(value: unknown): readonly string[] {
  return listIn(value, 'notices').map(String)
}

export function readAlgorithms(value: unknown): ReadonlyMap<string, AlgorithmState> {
  const algorithms = isMap(value) ? value['algorithms'] : null
  if (!isMap(algorithms)) throw malformed('hello')
  return new Map(
    Object.entries(algorithms).map(([name, state]) => {
      if (!isMap(state)) throw malformed('hello')
      const { available, version, why } = state
      return [name, { available: available === true, version: textOrNull(version), why: textOrNull(why) }]
    }),
  )
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

function listIn(value: unknown, key: string): readonly unknown[] {
  const list = isMap(value) ? value[key] : null
  if (!Array.isArray(list)) throw malformed(key)
  return list
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const malformed = (what: string): DistError =>
  new DistError('bug', `python/dist_suggest answered without ${what} as docs/suggest-protocol.md has it`)
