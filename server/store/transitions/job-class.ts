// The class of demand of a job that became ready: which of its jobset's queues at the core it goes back to.
import type Database from 'better-sqlite3'
import type { JobState } from '../../../shared/model/job.ts'
import type { JobChange } from './job-change.ts'
import { jobChange } from './started.ts'

/** A change to `ready`, with the job's class. */
export function readyChange(db: Database.Database): (row: { job: number; jobset: number }, from: JobState) => JobChange {
  const find = db.prepare<[number], number>('SELECT demand FROM job WHERE id = ?').pluck()
  return (row, from) => ({ ...jobChange(row, from, 'ready'), demand: find.get(row.job) ?? 0 })
}
