// Short texts about jobsets, jobs and times that several commands show.
import type { JobReply, JobsetReply } from '../../shared/api/types.ts'
import { describeOutcome, type Outcome } from '../../shared/model/outcome.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import type { Palette } from './palette.ts'

export function jobsetLabel(jobset: { readonly namespace: string; readonly batch: string }): string {
  return `${jobset.namespace}/${jobset.batch}`
}

/** `1 job`, `2 jobs`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

/** `3m12s ago`, or `just now`; times of the head, so `now` should be its too. */
export function ago(at: number, now: number): string {
  return now - at < 1000 ? 'just now' : `${formatDuration(now - at)} ago`
}

/** Jobs that will not change any more. */
export function finishedJobs(counts: JobsetReply['counts']): number {
  return counts.succeeded + counts.failed + counts.cancelled + counts.skipped
}

/** Colour of a state of a job or a jobset. */
export function statePaint(palette: Palette, state: string): (text: string) => string {
  switch (state) {
    case 'succeeded':
    case 'idle':
    case 'busy':
      return palette.green
    case 'failed':
    case 'unreachable':
      return palette.red
    case 'cancelled':
    case 'skipped':
    case 'offline':
      return palette.dim
    case 'running':
    case 'active':
    case 'building':
      return palette.cyan
    case 'paused':
    case 'held':
      return palette.yellow
    default:
      return (text) => text
  }
}

/** The outcome as one phrase; null while there is none. The wire's optional fields become the model's variants. */
export function outcomeText(outcome: JobReply['outcome']): string | null {
  if (outcome === null) return null
  switch (outcome.kind) {
    case 'failed':
      return describeOutcome({ kind: 'failed', exitCode: outcome.exitCode ?? null, signal: outcome.signal ?? null })
    case 'lost':
    case 'build_failed':
    case 'stage_failed':
      return describeOutcome({ kind: outcome.kind, reason: outcome.reason ?? 'no reason was given' })
    default:
      return describeOutcome({ kind: outcome.kind } satisfies Outcome)
  }
}
