// Searches for the tests beside, and how their trials end.
import type { JobsetSpec } from '../../shared/model/jobset.ts'
import { defaultOptions } from '../../shared/model/options.ts'
import type { SearchSpec } from '../../shared/model/search.ts'
import { emptySpec } from '../../shared/model/test-support.ts'
import type { TrialEnd, TrialJob } from '../../shared/model/trial.ts'
import { float, plain } from '../../shared/model/value.ts'
import { searchSpec } from '../../shared/search/test-support.ts'

const oneCore = { cores: { min: 1, max: 1 }, memory: null, gpus: 0, disk: null }

/** A grid of x over 0, 1, 2, 3, unless told otherwise. */
export function searchOf(change: Partial<SearchSpec<never>> = {}): SearchSpec<never> {
  return {
    ...searchSpec(),
    script: null,
    command: 'solve {{x}}',
    commType: 'none',
    params: [{ name: 'x', domain: { kind: 'grid', values: { kind: 'range', start: 0, step: 1, count: 4 } } }],
    maxConcurrent: 2,
    seed: 1,
    options: { ...defaultOptions, demand: oneCore },
    ...change,
  }
}

/** An optimiser over x, as a search. */
export function asked(change: Partial<SearchSpec<never>> = {}): SearchSpec<never> {
  const params = [{ name: 'x', domain: { kind: 'float', low: 0, high: 1000, log: false, step: null } }] as const
  return searchOf({ params, algorithm: 'optuna', numSamples: 6, batch: true, ...change })
}

export const specOf = (search: SearchSpec<never>): JobsetSpec => emptySpec({ options: search.options, search })

/** How a trial ends; null = it goes on until `finish`. */
export type Play = (trial: TrialJob) => TrialEnd | null

/** loss = x^2 */
export const square: Play = ({ params }) => ({ kind: 'reported', values: [Number(plain(params[0]?.[1] ?? float(0))) ** 2], warning: null })
