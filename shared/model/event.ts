// Rows of the event log: every change writes one in the transaction that makes it.

export const eventKinds = [
  'jobset_added',
  'jobset_finished',
  'jobset_cancelled',
  'jobset_reopened',
  'jobset_extended',
  'jobset_changed',
  'job_claimed',
  'job_started',
  'job_returned',
  'attempt_lost',
  'committed',
  'attempt_kept',
  'build_started',
  'build_succeeded',
  'build_failed',
  'node_joined',
  'node_connected',
  'node_disconnected',
  'node_changed',
  'token_created',
  'token_revoked',
  'head_restored',
  'results_removed',
] as const
export type EventKind = (typeof eventKinds)[number]

/** One row. `at` is wall time in ms; ids are null where they make no sense. */
export interface Event {
  readonly seq: number
  readonly at: number
  readonly kind: EventKind
  readonly jobset: number | null
  readonly job: number | null
  readonly node: string | null
  readonly data: Readonly<Record<string, unknown>>
}
