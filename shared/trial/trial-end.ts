// How a trial ended, of what its job reported and how the job itself ended. A report beats the exit code: MPI programs often
// exit with 1 after a good result, and some scripts exit with 0 without any.
import type { RetryClass } from '../model/options.ts'
import { describeOutcome, type Outcome } from '../model/outcome.ts'
import type { Metric } from '../model/search.ts'
import type { TrialEnd } from '../model/trial.ts'
import type { Params } from '../model/value.ts'
import { findMismatch } from './echo.ts'
import { measure, type Report, reportSources, short } from './report.ts'

export interface Ended {
  readonly outcome: Outcome
  /** in the order in which they came; of a source, the first counts */
  readonly reports: readonly Report[]
  readonly params: Params
  readonly metrics: readonly Metric[]
}

export interface Judged {
  readonly end: TrialEnd
  /** the report that counts; null where there is none */
  readonly report: Report | null
}

export function judgeTrial({ outcome, reports, params, metrics }: Ended): Judged {
  const report = chosen(reports, metrics)
  if (report === null) return { end: withoutReport(outcome, metrics), report }
  // only what went through batchtk can have been lost there
  const mismatch = report.source === 'frame' || report.source === 'file' ? findMismatch(params, report.data) : null
  if (mismatch !== null) {
    const { name, sent, reported } = mismatch
    const reason = `${name} was sent as ${short(sent)} and came back as ${short(reported)}`
    return { end: { kind: 'params_mismatch', reason, retry: null }, report }
  }
  const measured = measure(report, metrics)
  if (measured.kind === 'bad') return { end: { kind: 'bad_metric', reason: measured.reason, retry: null }, report }
  const warning = outcome.kind === 'succeeded' ? null : describeOutcome(outcome)
  return { end: { kind: 'reported', values: measured.values, warning }, report }
}

/** The first that has every metric; else the first. */
function chosen(reports: readonly Report[], metrics: readonly Metric[]): Report | null {
  const sorted = reportSources.flatMap((source) => reports.filter((report) => report.source === source))
  return sorted.find((report) => measure(report, metrics).kind === 'values') ?? sorted[0] ?? null
}

function withoutReport(outcome: Outcome, metrics: readonly Metric[]): TrialEnd {
  const reason = describeOutcome(outcome)
  const end = (kind: 'failed' | 'timeout' | 'lost' | 'cancelled', retry: RetryClass | null): TrialEnd => ({ kind, reason, retry })
  switch (outcome.kind) {
    case 'succeeded':
      if (metrics.length === 0) return { kind: 'reported', values: [], warning: null }
      return { kind: 'no_result', reason: `the job ended with 0 and reported nothing: ${metrics[0]?.name} is missing`, retry: null }
    case 'failed':
      return end('failed', 'exit')
    case 'oom':
      return end('failed', 'oom')
    case 'build_failed':
    case 'stage_failed':
      return end('failed', null)
    case 'timeout':
      return end('timeout', 'timeout')
    case 'lost':
      return end('lost', 'lost')
    case 'cancelled':
      return end('cancelled', null)
  }
}
