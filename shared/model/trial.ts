// How a trial of a search ended. Narrower than an outcome of a job: what counts is what the job reported.
import type { RetryClass } from './options.ts'
import type { Bookkeeping, CommType, Delimiter, Metric } from './search.ts'
import type { Params } from './value.ts'

export const trialKinds = ['reported', 'failed', 'no_result', 'bad_metric', 'params_mismatch', 'timeout', 'lost', 'cancelled'] as const
export type TrialKind = (typeof trialKinds)[number]

export type TrialEnd =
  /** `values`: of each metric, in their order; `warning`: what went wrong beside, such as an exit code */
  | { readonly kind: 'reported'; readonly values: readonly number[]; readonly warning: string | null }
  /** `retry`: as which class it may be tried again; null = never: the same parameters would do the same */
  | { readonly kind: Exclude<TrialKind, 'reported'>; readonly reason: string; readonly retry: RetryClass | null }

/** Number of trials that ended in each way. */
export type TrialCounts = Readonly<Record<TrialKind, number>>

/** What a job of a search has beyond other jobs: the number that names the trial, and its values. */
export interface TrialJob {
  readonly number: number
  /** `<label>_00000`, the job's name too */
  readonly label: string
  readonly params: Params
}

/** What a node needs to know for every trial of a search: how values are sent, how results come back, what counts. */
export interface TrialRules {
  readonly commType: CommType
  readonly delimiter: Delimiter
  readonly keys: Bookkeeping
  readonly metrics: readonly Metric[]
  /** a command that is run instead of what the jobset's kind runs */
  readonly setup: string | null
  /** relative to the workspace; null = as of every other job */
  readonly workdir: string | null
}

/** What a node tells of a trial that ended there. */
export interface TrialResult {
  readonly end: TrialEnd
  /** what counted, as it came: numbers keep their digits there; null = nothing came */
  readonly report: { readonly source: 'frame' | 'file' | 'results' | 'lines'; readonly text: string } | null
  /** nothing of this search can work in this environment: the search stops and shows it */
  readonly broken: { readonly message: string; readonly hint: string } | null
}
