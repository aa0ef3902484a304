// A job as people see it: its row with its current attempt, and how it ended as a trial. Used by head-views.ts.
import type { JobReply } from '../../shared/api/types.ts'
import type { JobState } from '../../shared/model/job.ts'
import type { TrialEnd } from '../../shared/model/trial.ts'

export interface JobRow {
  readonly id: number
  readonly name: string
  readonly state: JobState
  readonly started: number
  readonly node: string | null
  readonly started_at: number | null
  readonly finished_at: number | null
  readonly outcome: string | null
  readonly usage: string | null
  readonly notices: string | null
  /** why it was skipped */
  readonly reason: string | null
  /** JSON of how it ended as a trial; null = it goes on, or it is none */
  readonly end: string | null
}

/** `reason`: why its jobset ended badly. */
export function jobReply(row: JobRow, jobset: { readonly first_job: number; readonly reason: string | null }): JobReply {
  const failedWithBuild = row.state === 'failed' && row.outcome === null
  const end = parsed<TrialEnd>(row.end)
  const told = parsed<JobReply['outcome']>(row.outcome)
  return {
    id: row.id,
    index: row.id - jobset.first_job,
    name: row.name,
    state: row.state,
    attempts: row.started,
    node: row.node,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    outcome: failedWithBuild
      ? { kind: 'build_failed', reason: jobset.reason ?? 'the build failed' }
      : row.state === 'failed' && told?.kind === 'succeeded'
        ? // a trial that ended with 0 and without a result
          { kind: 'failed', exitCode: 0 }
        : told,
    usage: parsed<JobReply['usage']>(row.usage),
    notices: [...(row.reason === null ? [] : [row.reason]), ...trialNotes(end), ...(parsed<string[]>(row.notices) ?? [])],
  }
}

/** What the outcome of the process does not say. */
function trialNotes(end: TrialEnd | null): string[] {
  if (end === null) return []
  if (end.kind === 'reported') return end.warning === null ? [] : [`reported, though: ${end.warning}`]
  return end.kind === 'no_result' || end.kind === 'bad_metric' || end.kind === 'params_mismatch' ? [`${end.kind}: ${end.reason}`] : []
}

function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T)
}
