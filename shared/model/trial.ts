// How a trial of a search ended. Narrower than an outcome of a job: what counts is what the job reported.
import type { RetryClass } from './options.ts'

export const trialKinds = ['reported', 'failed', 'no_result', 'bad_metric', 'params_mismatch', 'timeout', 'lost', 'cancelled'] as const
export type TrialKind = (typeof trialKinds)[number]

export type TrialEnd =
  /** `values`: of each metric, in their order; `warning`: what went wrong beside, such as an exit code */
  | { readonly kind: 'reported'; readonly values: readonly number[]; readonly warning: string | null }
  /** `retry`: as which class it may be tried again; null = never: the same parameters would do the same */
  | { readonly kind: Exclude<TrialKind, 'reported'>; readonly reason: string; readonly retry: RetryClass | null }

/** Number of trials that ended in each way. */
export type TrialCounts = Readonly<Record<TrialKind, number>>
