// The history of a search as a machine: (state, event) -> effects, which the head drives from rows. The order of its events is
// the whole truth: replaying any prefix gives the same state and the same effects.
//
// A trial:   (none) -ask-> asked -suggested-> running -ended-> ended
//                   '------- start ----------^   ^--retry--'      ended -retry_failed-> running
// A search:  open -> closing (complete, exhausted, stopped, failed: what runs goes on) -> done; extended and retry_failed
//            open it again.
//
// With `batch` a generation of max_concurrent trials is opened when nothing is open, and its results are told together, in the
// order of the trials' numbers: what the algorithm sees does not depend on who finished first. Without, each end is told as
// it comes and its place is filled at once. Repeated and late events change nothing.
import { assert, assertNever } from '../base/assert.ts'
import type { Mode } from '../model/search.ts'
import type { TrialEnd } from '../model/trial.ts'
import type { Params } from '../model/value.ts'
import { best, withFront } from './best.ts'
import { tellHalving } from './halving.ts'
import { openTrials, paramsOf } from './next-trial.ts'
import { retryDelay } from './retry.ts'
import type { Closing, Search, SearchState } from './search-state.ts'

export type SearchEvent =
  | { readonly kind: 'begun' }
  /** the algorithm answered an `ask`; `params` in the space's order, constants included */
  | { readonly kind: 'suggested'; readonly trial: number; readonly params: Params }
  /** it has nothing left, or must know results first: sent only when nothing runs and it was told all that it may be told */
  | { readonly kind: 'exhausted'; readonly trial: number }
  /** run number `run` of a trial ended */
  | { readonly kind: 'ended'; readonly trial: number; readonly run: number; readonly end: TrialEnd }
  | { readonly kind: 'extended'; readonly samples: number }
  /** `cancel`: also what runs; `failed`: something is wrong, nobody asked for it */
  | { readonly kind: 'stop'; readonly cancel: boolean; readonly failed: boolean }
  | { readonly kind: 'retry_failed' }

export type SearchEffect =
  | { readonly kind: 'ask'; readonly trial: number }
  /** `values`: null = it failed. Asks and tells reach the algorithm in this order and no other */
  | { readonly kind: 'tell'; readonly trial: number; readonly params: Params; readonly values: readonly number[] | null }
  /** not before `delay` ms from now */
  | { readonly kind: 'start'; readonly trial: number; readonly run: number; readonly delay: number; readonly params: Params }
  | { readonly kind: 'cancel'; readonly trial: number }
  | { readonly kind: 'done'; readonly reason: Closing }

/** Changes `state`. */
export function stepSearch(search: Search, state: SearchState, event: SearchEvent): readonly SearchEffect[] {
  switch (event.kind) {
    case 'begun':
      return state.done ? [] : onwards(search, state)
    case 'suggested':
      return onSuggested(state, event.trial, event.params)
    case 'exhausted':
      return onExhausted(search, state, event.trial)
    case 'ended':
      return onEnded(search, state, event.trial, event.run, event.end)
    case 'extended':
      assert(Number.isInteger(event.samples) && event.samples > 0, `a search cannot be extended by ${event.samples}`)
      state.blocks.push(event.samples)
      state.halving?.brackets.push(event.samples)
      return reopened(search, state)
    case 'stop':
      return onStop(search, state, event)
    case 'retry_failed':
      return onRetryFailed(search, state)
    default:
      return assertNever(event)
  }
}

/** Effects whose answer is still to come, for a head that starts again: the same as were given out, starts without delay. */
export function outstanding(state: SearchState): readonly SearchEffect[] {
  return [...state.open].map(([trial, { params, runs }]) =>
    params === null ? { kind: 'ask', trial } : { kind: 'start', trial, run: runs - 1, delay: 0, params },
  )
}

function onSuggested(state: SearchState, trial: number, params: Params): readonly SearchEffect[] {
  const open = state.open.get(trial)
  if (open === undefined || open.params !== null) return []
  open.params = params
  open.runs = open.before + 1
  state.suggested.set(trial, params)
  return [{ kind: 'start', trial, run: open.before, delay: 0, params }]
}

function onExhausted(search: Search, state: SearchState, trial: number): readonly SearchEffect[] {
  if (state.open.get(trial)?.params !== null) return []
  state.open.delete(trial)
  state.generation = state.generation.filter((member) => member !== trial)
  state.again.push({ trial, before: 0, told: false })
  // with results that it was not told yet it may go on
  if (!state.generation.some((member) => state.ended.has(member))) state.closing ??= 'exhausted'
  return onwards(search, state)
}

function onEnded(search: Search, state: SearchState, trial: number, run: number, end: TrialEnd): readonly SearchEffect[] {
  const open = state.open.get(trial)
  if (open === undefined || open.params === null || run !== open.runs - 1) return []
  const delay = state.closing === null ? retryDelay(search.spec.options.retries, end, open) : null
  if (delay !== null) {
    if (end.kind === 'lost') open.lost++
    open.runs++
    return [{ kind: 'start', trial, run: open.runs - 1, delay, params: open.params }]
  }
  state.open.delete(trial)
  state.ended.set(trial, end)
  if (open.runs > 1) state.reruns.set(trial, open.runs)
  state.counts = { ...state.counts, [end.kind]: state.counts[end.kind] + 1 }
  if (end.kind === 'reported') {
    const scored = { trial, values: end.values }
    state.best = best(state.best, scored, search.spec.metrics)
    if (search.spec.metrics.length > 1) state.front = withFront(state.front, scored, search.spec.metrics)
  } else if (end.kind !== 'cancelled' && search.spec.onFailure.kind === 'stop' && state.closing === null) close(state, 'failed')
  const told = search.spec.batch || open.told ? [] : tell(search, state, trial)
  return [...told, ...onwards(search, state)]
}

function onStop(search: Search, state: SearchState, { cancel, failed }: SearchEvent & { kind: 'stop' }): readonly SearchEffect[] {
  if (state.done) return []
  close(state, failed ? 'failed' : 'stopped')
  const cancelled = cancel ? [...state.open.keys()].map((trial) => ({ kind: 'cancel', trial }) as const) : []
  return [...cancelled, ...onwards(search, state)]
}

/** Nothing new is opened. Asks without an answer are taken back, and come first if the search goes on. */
function close(state: SearchState, reason: Closing): void {
  state.closing = reason
  const asked = [...state.open].flatMap(([trial, { params }]) => (params === null ? [trial] : []))
  for (const trial of asked) state.open.delete(trial)
  state.generation = state.generation.filter((member) => !asked.includes(member))
  state.again.push(...asked.map((trial) => ({ trial, before: 0, told: false })))
}

function onRetryFailed(search: Search, state: SearchState): readonly SearchEffect[] {
  const failed = [...state.ended].flatMap(([trial, { kind }]) => (kind === 'reported' ? [] : [{ trial, kind }]))
  for (const { trial, kind } of failed.sort((a, b) => a.trial - b.trial)) {
    state.ended.delete(trial)
    state.counts = { ...state.counts, [kind]: state.counts[kind] - 1 }
    state.again.push({ trial, before: state.reruns.get(trial) ?? 1, told: !state.generation.includes(trial) })
  }
  // a search that something kept from going on goes on, also when no trial came so far
  return failed.length === 0 && state.closing !== 'failed' ? [] : reopened(search, state)
}

function reopened(search: Search, state: SearchState): readonly SearchEffect[] {
  state.closing = null
  state.done = false
  return onwards(search, state)
}

/** Tells a generation that is complete, opens what may be opened, says when all is done. */
function onwards(search: Search, state: SearchState): readonly SearchEffect[] {
  const effects: SearchEffect[] = []
  if (state.open.size === 0) {
    for (const trial of state.generation) effects.push(...tell(search, state, trial))
    state.generation = []
  }
  effects.push(...openTrials(search, state))
  if (state.open.size === 0 && state.closing !== null && !state.done) {
    state.done = true
    effects.push({ kind: 'done', reason: state.closing })
  }
  return effects
}

/** The algorithm learns of an end: an outside one by an effect, halving here. */
function tell(search: Search, state: SearchState, trial: number): readonly SearchEffect[] {
  const end = state.ended.get(trial)
  if (end === undefined) return []
  const { onFailure, metrics } = search.spec
  const penalty =
    onFailure.kind === 'penalty' && end.kind !== 'cancelled' ? metrics.map(({ mode }) => badValue(onFailure.value, mode)) : null
  const values = end.kind === 'reported' ? end.values : penalty
  if (state.halving !== null) {
    const config = state.configs.get(trial)?.config
    if (config !== undefined) tellHalving(state.halving, config, values?.[0] ?? null)
    return []
  }
  const params = paramsOf(search, state, trial)
  return search.learns && params !== null ? [{ kind: 'tell', trial, params, values }] : []
}

/** A penalty is bad whatever is wanted: for the highest, a positive one is negated. */
function badValue(penalty: number, mode: Mode): number {
  return mode === 'max' && penalty > 0 ? -penalty : penalty
}
