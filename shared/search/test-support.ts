// Builders for the tests of searches.
import type { Domain, Sequence } from '../model/domain.ts'
import { defaultOptions } from '../model/options.ts'
import type { SearchSpec } from '../model/search.ts'
import { type Params, plain, typed, type Value } from '../model/value.ts'

const base: SearchSpec = {
  label: 'search',
  command: 'python3 run.py',
  script: null,
  setup: null,
  workdir: null,
  jobType: 'sh',
  scheduler: null,
  commType: 'none',
  params: [],
  points: [],
  algorithm: 'grid',
  algorithmConfig: {},
  metrics: [{ name: 'loss', mode: 'min' }],
  numSamples: 1,
  maxConcurrent: 1,
  batch: false,
  seed: null,
  onFailure: { kind: 'skip' },
  batchtk: { delimiter: 'auto', keys: [] },
  report: ['path', 'config', 'data'],
  pruneMetadata: true,
  options: defaultOptions,
}

export function searchSpec(said: Partial<SearchSpec> = {}): SearchSpec {
  return { ...base, ...said }
}

export const list = (...values: readonly (Value | number | string)[]): Sequence => ({
  kind: 'list',
  values: values.map((value) => (typeof value === 'object' ? value : typed(value))),
})
export const grid = (...values: readonly (Value | number | string)[]): Domain => ({ kind: 'grid', values: list(...values) })
export const uniformDomain = (low: number, high: number): Domain => ({ kind: 'float', low, high, log: false, step: null })

/** Values without names and types. */
export const bare = (params: Params): readonly unknown[] => params.map(([, value]) => plain(value))
