// What waits for a job or for a jobset: freed when it succeeded, skipped with a reason when it ended otherwise.
// Called by every transition that ends jobs or jobsets, inside its own savepoint.
import type Database from 'better-sqlite3'
import type { WriterContext } from '../transition.ts'
import type { JobChange } from './job-change.ts'
import { readyChange } from './job-class.ts'
import { jobChange } from './started.ts'
import { trialEnds } from './trial-ends.ts'

export interface Dependents {
  /** A job reached its final state. */
  ofJob(job: number, succeeded: boolean, context: WriterContext, changes: JobChange[]): void
  /** A jobset reached its final state. */
  ofJobset(jobset: number, succeeded: boolean, context: WriterContext, changes: JobChange[]): void
  /** Skips a waiting job and all that need it. */
  skip(job: number, reason: string, context: WriterContext, changes: JobChange[]): void
}

interface Row {
  readonly job: number
  readonly jobset: number
}

/** `batch`: `namespace/batch` */
export function comesAfter(batch: string | undefined): string {
  return `it comes after '${batch}', which did not succeed`
}
export const retryFirst = 'dist retry that one first'

export function dependents(db: Database.Database): Dependents {
  const ready = readyChange(db)
  const waiting = db.prepare<[number], number>('SELECT job FROM job_need WHERE needs = ?').pluck()
  const nameOf = db.prepare<[number], string>('SELECT name FROM job WHERE id = ?').pluck()
  const fewer = db.prepare<[number], Row & { left: number; after: number }>(
    `UPDATE job SET needs_left = needs_left - 1 WHERE id = ? AND state = 'waiting'
     RETURNING id AS job, jobset, needs_left AS left, (SELECT after_left FROM jobset s WHERE s.id = job.jobset) AS after`,
  )
  const free = db.prepare("UPDATE job SET state = 'ready' WHERE id = ? AND state = 'waiting'")
  const drop = db.prepare<[number], Row>("UPDATE job SET state = 'skipped' WHERE id = ? AND state = 'waiting' RETURNING id AS job, jobset")
  const reasonOf = db.prepare('INSERT OR REPLACE INTO job_reason (job, reason) VALUES (?, ?)')
  const waitingSets = db.prepare<[number], number>('SELECT jobset FROM jobset_after WHERE needs = ?').pluck()
  const fewerSets = db
    .prepare<[number], number>('UPDATE jobset SET after_left = after_left - 1 WHERE id = ? AND after_left > 0 RETURNING after_left')
    .pluck()
  const freeable = db.prepare<[number], number>("SELECT id FROM job WHERE jobset = ? AND state = 'waiting' AND needs_left = 0").pluck()
  const waitingJobs = db.prepare<[number], number>("SELECT id FROM job WHERE jobset = ? AND state = 'waiting'").pluck()
  const trials = trialEnds(db)
  const setName = db.prepare<[number], string>("SELECT namespace || '/' || batch FROM jobset WHERE id = ?").pluck()

  const self: Dependents = {
    ofJob(job, succeeded, context, changes) {
      const list = waiting.all(job)
      if (list.length === 0) return
      for (const id of list) {
        if (!succeeded) {
          self.skip(id, `it needs '${nameOf.get(job)}', which did not succeed`, context, changes)
          continue
        }
        const row = fewer.get(id)
        if (row === undefined || row.left > 0 || row.after > 0) continue
        free.run(id)
        changes.push(ready(row, 'waiting'))
      }
    },
    ofJobset(jobset, succeeded, context, changes) {
      for (const id of waitingSets.all(jobset)) {
        if (!succeeded) {
          const reason = comesAfter(setName.get(jobset))
          // a search may have no trials yet that could be skipped
          trials.stop(id, { message: reason, hint: retryFirst })
          for (const job of waitingJobs.all(id)) self.skip(job, reason, context, changes)
          continue
        }
        if (fewerSets.get(id) !== 0) continue
        for (const job of freeable.all(id)) {
          free.run(job)
          changes.push(ready({ job, jobset: id }, 'waiting'))
        }
      }
    },
    skip(job, reason, context, changes) {
      const row = drop.get(job)
      if (row === undefined) return
      reasonOf.run(job, reason)
      trials.end(job, { end: { kind: 'cancelled', reason, retry: null }, report: null, broken: null })
      changes.push(jobChange(row, 'waiting', 'skipped'))
      context.event('committed', { jobset: row.jobset, job }, { attempt: null, outcome: { kind: 'skipped', reason } })
      self.ofJob(job, false, context, changes)
    },
  }
  return self
}
