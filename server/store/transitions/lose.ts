// claimed | running -> ready | failed: attempts that are gone. A lost attempt that had started counts against the job
// (a job that kills nodes must not eat the cluster); one that never started is free of charge.
import type Database from 'better-sqlite3'
import type { JobState } from '../../../shared/model/job.ts'
import { transition, type WriterContext } from '../transition.ts'
import { dependents } from './dependents.ts'
import type { JobChange } from './job-change.ts'
import { readyChange } from './job-class.ts'
import { retriesOf } from './retries-of.ts'
import { lostRetries } from './retry-rule.ts'
import { jobChange } from './started.ts'
import { trialEnds } from './trial-ends.ts'

export interface LoseReply {
  readonly changes: JobChange[]
}

/** Marks live attempts lost; their jobs are ready again unless another attempt of theirs is the current one. */
export const lose = transition<{ readonly attempts: readonly string[]; readonly reason: string }, LoseReply>((db) => {
  const one = loser(db)
  return ({ attempts, reason }, context) => ({ changes: attempts.flatMap((attempt) => one(attempt, reason, context).changes) })
})

interface Row {
  readonly job: number
  readonly jobset: number
  readonly node: string
  readonly number: number | null
}

/** The same for one attempt, for other transitions. */
export function loser(db: Database.Database): (attempt: string, reason: string, context: WriterContext) => LoseReply {
  const mark = db.prepare<[number, string, string], Row>(
    "UPDATE attempt SET state = 'lost', finished_at = ?, outcome = ? WHERE id = ? AND state IN ('claimed', 'running') RETURNING job, jobset, node, number",
  )
  const current = db.prepare<[number, string], { state: JobState; lost: number }>(
    "SELECT state, lost FROM job WHERE id = ? AND attempt = ? AND state IN ('claimed', 'running')",
  )
  const again = db.prepare("UPDATE job SET state = 'ready', attempt = NULL, lost = ? WHERE id = ?")
  const fail = db.prepare("UPDATE job SET state = 'failed', committed_attempt = ?, lost = ? WHERE id = ? AND committed_attempt IS NULL")
  const ready = readyChange(db)
  const rules = retriesOf(db)
  const waiting = dependents(db)
  const trials = trialEnds(db)
  const close = db.prepare("UPDATE attempt SET state = 'committed', manifest = '[]' WHERE id = ?")
  return (attempt, reason, context) => {
    const outcome = { kind: 'lost', reason } as const
    const row = mark.get(context.now, JSON.stringify(outcome), attempt)
    if (row === undefined) return { changes: [] }
    context.event('attempt_lost', { jobset: row.jobset, job: row.job, node: row.node }, { attempt, number: row.number, reason })
    const job = current.get(row.job, attempt)
    if (job === undefined) return { changes: [] }
    const lost = job.lost + (row.number === null ? 0 : 1)
    if (lost <= lostRetries(rules(row.job, row.jobset))) {
      again.run(lost, row.job)
      return { changes: [ready(row, job.state)] }
    }
    fail.run(attempt, lost, row.job)
    close.run(attempt)
    trials.endAs(row.job, outcome)
    context.event('committed', { jobset: row.jobset, job: row.job, node: row.node }, { attempt, number: row.number, outcome })
    const changes = [jobChange(row, job.state, 'failed')]
    waiting.ofJob(row.job, false, context, changes)
    return { changes }
  }
}
