// claimed -> running: a node said that the attempt's process runs. Numbers the attempt; repeated reports change nothing.
import type Database from 'better-sqlite3'
import type { JobId, JobsetId } from '../../../shared/model/ids.ts'
import type { JobState } from '../../../shared/model/job.ts'
import { transition, type WriterContext } from '../transition.ts'
import type { JobChange } from './job-change.ts'

export interface StartedItem {
  readonly attempt: string
  readonly node: string
  /** wall ms by the node's clock */
  readonly at: number
}

export const started = transition<{ readonly items: readonly StartedItem[] }, JobChange[]>((db) => {
  const begin = beginAttempt(db)
  const running = db.prepare<[number, string]>("UPDATE job SET state = 'running' WHERE id = ? AND attempt = ? AND state = 'claimed'")
  return ({ items }, context) => {
    const changes: JobChange[] = []
    for (const item of items) {
      const row = begin(item.attempt, item.node, item.at, context)
      if (row === null) continue
      context.event('job_started', { jobset: row.jobset, job: row.job, node: item.node }, { attempt: item.attempt, number: row.number })
      if (running.run(row.job, item.attempt).changes === 1) changes.push(jobChange(row, 'claimed', 'running'))
    }
    return changes
  }
})

export interface BegunAttempt {
  readonly job: number
  readonly jobset: number
  readonly number: number
}

/** Marks an attempt as begun and numbers it, once; null when it was begun before or is not this node's. */
export function beginAttempt(
  db: Database.Database,
): (attempt: string, node: string, at: number, context: WriterContext) => BegunAttempt | null {
  const mark = db.prepare<[number, string, string], { job: number; jobset: number }>(
    "UPDATE attempt SET state = 'running', started_at = ? WHERE id = ? AND node = ? AND number IS NULL AND state IN ('claimed', 'lost', 'returned') RETURNING job, jobset",
  )
  const count = db.prepare<[number], number>('UPDATE job SET started = started + 1 WHERE id = ? RETURNING started').pluck()
  const number = db.prepare<[number, string]>('UPDATE attempt SET number = ? WHERE id = ?')
  return (attempt, node, at, context) => {
    // A node's clock may be wrong by years; rows must still sort.
    const row = mark.get(Math.min(at, context.now), attempt, node)
    if (row === undefined) return null
    const value = count.get(row.job) ?? 1
    number.run(value, attempt)
    return { ...row, number: value }
  }
}

/** A JobChange from plain row numbers. */
export function jobChange(row: { job: number; jobset: number }, from: JobState, to: JobState): JobChange {
  return { jobset: row.jobset as JobsetId, job: row.job as JobId, from, to }
}
