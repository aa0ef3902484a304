// Which results a retention rule may remove. What an active jobset waits for (`after`) is left alone.
import type { Expirable } from '../../ports/expirable.ts'
import type { ReadDb } from '../read-db.ts'
import type { ResultRef } from '../transitions/remove-results.ts'

export function expirable(db: ReadDb): Expirable {
  const jobsets = db
    .prepare<[number], number>(
      `SELECT id FROM jobset WHERE state <> 'active' AND finished_at < ?
         AND id NOT IN (SELECT a.needs FROM jobset_after a JOIN jobset s ON s.id = a.jobset WHERE s.state = 'active') ORDER BY id`,
    )
    .pluck()
  // Ids of a jobset's jobs are contiguous, so its attempts are found by a range of jobs.
  const attempts = db
    .prepare<[number, number], string>(
      `SELECT a.id FROM jobset s JOIN job j ON j.id >= s.first_job AND j.id < s.first_job + s.job_count JOIN attempt a ON a.job = j.id
       WHERE s.id = ? AND a.location = 'folder' AND (? = 0 OR j.committed_attempt IS NOT a.id)`,
    )
    .pluck()
  const builds = db.prepare<[number], string>("SELECT id FROM build WHERE jobset = ? AND location = 'folder'").pluck()
  const marked = db.prepare<[], ResultRef>(
    `SELECT CASE WHEN EXISTS (SELECT 1 FROM attempt a WHERE a.id = r.id) THEN 'attempt' ELSE 'build' END AS kind, r.id
     FROM removed_result r WHERE r.done = 0`,
  )
  return {
    jobsets: (before) => jobsets.all(before),
    results(jobset, onlyBeside) {
      const found = attempts.all(jobset, Number(onlyBeside)).map((id): ResultRef => ({ kind: 'attempt', id }))
      if (!onlyBeside) found.push(...builds.all(jobset).map((id): ResultRef => ({ kind: 'build', id })))
      return found
    },
    marked: () => marked.all(),
  }
}
