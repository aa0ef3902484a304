// A search as it stands compiled: one job description, a space, and how the space is walked (docs/search.md). Read by
// shared/config/search; `F` as in jobset.ts. Nothing here is optional: defaults are in already.
import type { SearchParam } from './domain.ts'
import type { SlurmFields } from './jobset.ts'
import type { JobOptions, ParamValue } from './options.ts'
import type { Params } from './value.ts'

/** Worked out by the head itself. */
export const nativeAlgorithms = ['grid', 'random', 'lhs', 'halving'] as const
/** Asked of the Python ask/tell program. */
export const suggestAlgorithms = ['optuna', 'cmaes', 'hyperopt', 'bayesopt', 'nevergrad', 'ax', 'hebo', 'bohb', 'zoopt'] as const
export type Algorithm = (typeof nativeAlgorithms)[number] | (typeof suggestAlgorithms)[number]

/** How a job tells its result; `auto`: as the script needs it, which a probe finds out. */
export const commTypes = ['auto', 'socket', 'unix', 'filesystem', 'none'] as const
export type CommType = (typeof commTypes)[number]
export const modes = ['min', 'max'] as const
export type Mode = (typeof modes)[number]

export interface Metric {
  /** key of what the job reports */
  readonly name: string
  readonly mode: Mode
}

/** What a trial without a usable result means: nothing, this value of every metric, or the end of the search. */
export type OnFailure = { readonly kind: 'skip' } | { readonly kind: 'penalty'; readonly value: number } | { readonly kind: 'stop' }

/** Between name and value of a batchtools variable; `auto`: asked of the batchtk that is installed on the node. */
export type Delimiter = 'auto' | '*=' | '='

/** What a bookkeeping parameter carries: the trial's output folder, or its label. */
export type Bookkeeping = readonly (readonly [name: string, carries: 'folder' | 'label'])[]

/** Groups of a row of results, in this order: label and path, parameters, what was sent. */
export const reportGroups = ['path', 'config', 'data'] as const
export type ReportGroup = (typeof reportGroups)[number]

export interface SearchSpec<F = string> {
  /** trials are `<label>_00000`, … */
  readonly label: string
  /** for `/bin/sh`, with `{{name}}`; null where `script` or the image's app runs */
  readonly command: string | null
  /** python: becomes `job.py` */
  readonly script: F | null
  /** lines for the same shell before the command */
  readonly setup: string | null
  /** relative to the workspace; null = as of every other job */
  readonly workdir: string | null
  readonly jobType: 'sh' | 'sge' | 'slurm'
  /** sge, slurm: fields of run_config under the scheduler's names, over those of the jobset */
  readonly scheduler: SlurmFields | null
  readonly commType: CommType
  readonly params: readonly SearchParam[]
  /** tried before everything else; what one leaves out is drawn */
  readonly points: readonly Params[]
  readonly algorithm: Algorithm
  readonly algorithmConfig: Readonly<Record<string, ParamValue>>
  /** empty: the jobs report nothing, a trial succeeds when its job does */
  readonly metrics: readonly Metric[]
  readonly numSamples: number
  readonly maxConcurrent: number
  /** a generation of `maxConcurrent` trials ends before the next begins */
  readonly batch: boolean
  /** 0..2^32-1; null: the head draws one and keeps it */
  readonly seed: number | null
  readonly onFailure: OnFailure
  readonly batchtk: { readonly delimiter: Delimiter; readonly keys: Bookkeeping }
  readonly report: readonly ReportGroup[]
  /** csv with bare parameter names and without columns of the machinery */
  readonly pruneMetadata: boolean
  /** of every trial */
  readonly options: JobOptions
}

export function isNative(algorithm: Algorithm): boolean {
  return (nativeAlgorithms as readonly string[]).includes(algorithm)
}

/** Its suggestions depend on results. */
export function isAdaptive(algorithm: Algorithm): boolean {
  return !['grid', 'random', 'lhs'].includes(algorithm)
}
