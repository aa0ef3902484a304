// waiting | ready | claimed | running -> cancelled: `dist kill`. Durable before any node is told; a result that arrives later is kept
// as a cancelled attempt. Without names the jobset itself is cancelled.
import type Database from 'better-sqlite3'
import type { AttemptId, JobsetId, NodeId } from '../../../shared/model/ids.ts'
import type { JobState } from '../../../shared/model/job.ts'
import { transition, type WriterContext } from '../transition.ts'
import { dependents } from './dependents.ts'
import type { JobChange } from './job-change.ts'
import { jobChange } from './started.ts'
import { trialEnds } from './trial-ends.ts'

export interface CancelReply {
  readonly changes: JobChange[]
  /** attempts that a node still holds */
  readonly live: { readonly attempt: AttemptId; readonly node: NodeId }[]
  /** names that are no job of the jobset */
  readonly unknown: string[]
}

export const cancel = transition<
  {
    readonly jobset: JobsetId
    readonly jobs: readonly string[] | null
    readonly by: string /** ends as failed, for this reason */
    readonly failed?: string
  },
  CancelReply
>((db) => {
  const open = db.prepare<[number], { id: number; state: JobState }>(
    "SELECT id, state FROM job WHERE jobset = ? AND state IN ('waiting', 'ready', 'claimed', 'running')",
  )
  const named = db.prepare<[number, string], { id: number; state: JobState }>('SELECT id, state FROM job WHERE jobset = ? AND name = ?')
  const whole = db.prepare("UPDATE jobset SET state = ?, finished_at = ?, reason = ? WHERE id = ? AND state = 'active'")
  const waiting = dependents(db)
  const stop = stopJobs(db)
  return ({ jobset, jobs, by, failed }, context) => {
    const unknown: string[] = []
    const rows = jobs === null ? open.all(jobset) : []
    for (const name of jobs ?? []) {
      const row = named.get(jobset, name)
      if (row === undefined) unknown.push(name)
      else rows.push(row)
    }
    const reply: CancelReply = { changes: [], live: [], unknown }
    if (unknown.length > 0) return reply
    stop(jobset, rows, context, reply)
    const end = failed ?? null
    if (jobs === null && whole.run(end === null ? 'cancelled' : 'failed', context.now, end ?? `cancelled by ${by}`, jobset).changes === 1) {
      context.event('jobset_cancelled', { jobset }, { by, ...(end === null ? {} : { reason: end }) })
      waiting.ofJobset(jobset, false, context, reply.changes)
    } else if (jobs !== null) context.event('jobset_cancelled', { jobset }, { by, jobs: jobs.slice(0, 100), count: jobs.length })
    return reply
  }
})

/** The same for rows of jobs, for other transitions too: adds to the changes and to the attempts that are live. */
export function stopJobs(
  db: Database.Database,
): (
  jobset: JobsetId,
  rows: readonly { readonly id: number; readonly state: JobState }[],
  context: WriterContext,
  reply: Pick<CancelReply, 'changes' | 'live'>,
) => void {
  const stop = db.prepare("UPDATE job SET state = 'cancelled' WHERE id = ? AND state IN ('waiting', 'ready', 'claimed', 'running')")
  const live = db.prepare<[number], { attempt: AttemptId; node: NodeId }>(
    "SELECT id AS attempt, node FROM attempt WHERE job = ? AND state IN ('claimed', 'running')",
  )
  const waiting = dependents(db)
  const trials = trialEnds(db)
  return (jobset, rows, context, reply) => {
    const stopped = rows.filter((row) => stop.run(row.id).changes === 1)
    for (const row of stopped) {
      trials.endAs(row.id, { kind: 'cancelled' })
      reply.changes.push(jobChange({ job: row.id, jobset }, row.state, 'cancelled'))
      if (row.state === 'claimed' || row.state === 'running') reply.live.push(...live.all(row.id))
    }
    // Behind all of them: what needs a cancelled job and is cancelled itself is not skipped.
    for (const row of stopped) waiting.ofJob(row.id, false, context, reply.changes)
  }
}
