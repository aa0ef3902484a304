// What the machine of search-step.ts knows: plain data, all of it a function of spec, seed and the events so far.
import { assert } from '../base/assert.ts'
import { isNative, type SearchSpec } from '../model/search.ts'
import { type TrialCounts, type TrialEnd, trialKinds } from '../model/trial.ts'
import type { Params } from '../model/value.ts'
import type { Scored } from './best.ts'
import { type Halving, type HalvingPlan, halvingTotal, newHalving } from './halving.ts'
import { halvingPlan } from './halving-config.ts'
import { newSpace, type Space } from './space.ts'

/** What never changes: which trials there are and how they are walked. */
export interface Search {
  readonly spec: SearchSpec<unknown>
  readonly seed: number
  readonly space: Space
  readonly plan: HalvingPlan | null
  /** suggestions come from outside, results go there */
  readonly learns: boolean
}

/** Why no more trials are opened. `exhausted`: the algorithm has no more suggestions. */
export type Closing = 'complete' | 'stopped' | 'failed' | 'exhausted'

export interface OpenTrial {
  /** null: asked for and not answered */
  params: Params | null
  /** runs that were started, ever; the current one has the number runs - 1 */
  runs: number
  /** of these, before it was opened: they do not count as tries */
  readonly before: number
  /** of these, how many ended with a lost node */
  lost: number
  /** its algorithm knows an end of it already: it runs again for the table of results only */
  readonly told: boolean
}

export interface SearchState {
  /** num_samples, then what each extension added */
  readonly blocks: number[]
  /** number of the next trial that was never opened */
  next: number
  readonly open: Map<number, OpenTrial>
  readonly ended: Map<number, TrialEnd>
  /** runs of ended trials that had more than one: a run's number is never given twice */
  readonly reruns: Map<number, number>
  /** members of the generation that runs, in the order of their numbers; empty unless `batch` */
  generation: number[]
  /** opened before anything new, in this order: ended trials to be run again, asks that a stop interrupted */
  again: { readonly trial: number; readonly before: number; readonly told: boolean }[]
  /** suggestions that came from outside, kept for another run */
  readonly suggested: Map<number, Params>
  readonly halving: Halving | null
  /** which configuration a trial of `halving` runs, with what budget */
  readonly configs: Map<number, { readonly config: number; readonly budget: number }>
  closing: Closing | null
  /** nothing is open and nothing will be, unless the search is extended or retried */
  done: boolean
  counts: TrialCounts
  best: Scored | null
  front: readonly Scored[]
}

/** `seed`: 0..2^32-1, that of the spec or one that the head drew and kept. */
export function newSearch(spec: SearchSpec<unknown>, seed: number): Search {
  assert(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32, `the seed ${seed} is no whole number of 32 bits`)
  const plan = spec.algorithm === 'halving' ? halvingPlan(spec) : null
  return { spec, seed, space: newSpace(spec, seed), plan, learns: !isNative(spec.algorithm) }
}

export function newState({ spec, plan }: Search): SearchState {
  const blocks = [spec.numSamples]
  return {
    blocks,
    next: 0,
    open: new Map(),
    ended: new Map(),
    reruns: new Map(),
    generation: [],
    again: [],
    suggested: new Map(),
    halving: plan === null ? null : newHalving(plan, blocks),
    configs: new Map(),
    closing: null,
    done: false,
    counts: noTrials(),
    best: null,
    front: [],
  }
}

/** Trials that the search will have; for `halving` at most. */
export function totalTrials(search: Search, { blocks, open, ended, closing }: SearchState): number {
  return closing === null ? plannedTrials(search, blocks) : open.size + ended.size
}

/** Trials of these blocks, whether they will all be run or not; for `halving` at most. */
export function plannedTrials({ plan, space }: Search, blocks: readonly number[]): number {
  return plan === null ? space.total(blocks) : halvingTotal(plan, blocks)
}

function noTrials(): TrialCounts {
  return Object.fromEntries(trialKinds.map((kind) => [kind, 0])) as TrialCounts
}
