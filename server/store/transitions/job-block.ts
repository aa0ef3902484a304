// Ids of jobs: never given twice, and those of one jobset are contiguous, so that an index in the file is an id. Each jobset
// begins a block of its own, with room for the jobs that `dist add --extend` brings later.
import type Database from 'better-sqlite3'
import { DistError } from '../../../shared/base/errors.ts'

/** The most jobs of a jobset are 1 000 000; 2^53 ids are enough for 2^33 jobsets. */
const blockSize = 1 << 20
const mostJobs = 1_000_000

export interface JobBlock {
  /** Id of the first job of the next jobset. */
  next(): number
  /** Id of the first of `count` jobs that join a jobset; `exists` when they do not fit behind it. */
  behind(jobset: number, count: number): number
}

export function jobBlock(db: Database.Database): JobBlock {
  // a search begins without jobs, and its block is taken all the same
  const last = db.prepare<[], number>('SELECT first_job + max(job_count, 1) - 1 FROM jobset ORDER BY id DESC LIMIT 1').pluck()
  const own = db.prepare<[number], { first: number; count: number }>(
    'SELECT first_job AS first, job_count AS count FROM jobset WHERE id = ?',
  )
  // of the jobset made next: blocks grow with the ids of jobsets
  const after = db.prepare<[number], number>('SELECT first_job FROM jobset WHERE id > ? ORDER BY id LIMIT 1').pluck()
  return {
    next: () => Math.ceil((last.get() ?? 0) / blockSize) * blockSize + 1,
    behind(jobset, count) {
      const { first, count: here } = own.get(jobset) ?? { first: 0, count: 0 }
      const end = Math.min(after.get(jobset) ?? Number.MAX_SAFE_INTEGER, first + mostJobs)
      if (first + here + count <= end) return first + here
      const why = first + here + count > first + mostJobs ? `a jobset has at most ${mostJobs} jobs` : 'it was made before jobs could join'
      throw new DistError('exists', `${count} jobs cannot join the ${here} that are there: ${why}`, {
        hint: 'add them as another version with --new-version, or under another batch_name',
      })
    },
  }
}
