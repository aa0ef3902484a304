// Reads of jobs for results and logs.
import type { Manifest } from '../../../shared/model/manifest.ts'
import type { JobFacts, JobReads } from '../../ports/job-reads.ts'
import type { ReadDb } from '../read-db.ts'

interface ResultRow {
  readonly job: number
  readonly index: number
  readonly name: string
  readonly manifest: string | null
  readonly removed: number
}

interface ResultsQuery {
  readonly jobset: number
  readonly after: number
  readonly state: string | null
  readonly name: string | null
  readonly limit: number
}

export function jobReads(db: ReadDb): JobReads {
  const find = db.prepare<[number], JobFacts>('SELECT id, jobset, name, attempt, committed_attempt AS committed FROM job WHERE id = ?')
  const numbered = db.prepare<[number, number], string>('SELECT id FROM attempt WHERE job = ? AND number = ?').pluck()
  const belongs = db.prepare<[string, number], number>('SELECT 1 FROM attempt WHERE id = ? AND job = ?').pluck()
  const last = db.prepare<[number], string>('SELECT id FROM attempt WHERE job = ? ORDER BY claimed_at DESC, number DESC LIMIT 1').pluck()
  // Ids of a jobset's jobs are contiguous, so a page is a range of the primary key.
  const results = db.prepare<[ResultsQuery], ResultRow>(
    `SELECT j.id AS job, j.id - s.first_job AS "index", j.name, r.id IS NOT NULL AS removed,
       CASE WHEN r.id IS NULL THEN a.manifest END AS manifest
     FROM jobset s JOIN job j ON j.id > s.first_job + @after AND j.id < s.first_job + s.job_count
     JOIN attempt a ON a.id = j.committed_attempt LEFT JOIN removed_result r ON r.id = a.id
     WHERE s.id = @jobset AND (@state IS NULL OR j.state = @state) AND (@name IS NULL OR j.name = @name)
     ORDER BY j.id LIMIT @limit`,
  )
  return {
    find: (job) => find.get(job),
    attemptByNumber: (job, number) => numbered.get(job, number),
    isAttempt: (job, attempt) => belongs.get(attempt, job) !== undefined,
    lastAttempt: (job) => last.get(job),
    results(jobset, { after, limit, state, name }) {
      const rows = results.all({ jobset, after, state: state ?? null, name: name ?? null, limit: limit + 1 })
      const more = rows.length > limit
      return { results: rows.slice(0, limit).map((row) => ({ ...row, manifest: parse(row.manifest), removed: row.removed === 1 })), more }
    },
  }
}

function parse(text: string | null): Manifest {
  return text === null ? [] : (JSON.parse(text) as Manifest)
}
