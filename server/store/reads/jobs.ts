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
  readonly since: number | null
}

interface AttemptRow extends Omit<ResultRow, 'removed'> {
  readonly attempt: string
  readonly mark: string
}

/** Letters of manifests on one page: a job may have a million files, a page five hundred jobs. */
const pageLetters = 8 << 20

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
       AND (@since IS NULL OR j.id IN (SELECT job FROM event WHERE jobset = @jobset AND seq > @since AND kind = 'committed'))
     ORDER BY j.id`,
  )
  const kept = db.prepare<[{ readonly jobset: number; readonly after: number }], AttemptRow>(
    `SELECT a.id AS attempt, COALESCE(CAST(a.number AS TEXT), a.id) AS mark, j.id AS job, j.id - s.first_job AS "index", j.name, a.manifest
     FROM jobset s JOIN job j ON j.id > s.first_job + @after AND j.id < s.first_job + s.job_count
     JOIN attempt a ON a.job = j.id
     WHERE s.id = @jobset AND a.location IS NOT NULL AND a.manifest IS NOT NULL AND a.id IS NOT j.committed_attempt
       AND NOT EXISTS (SELECT 1 FROM removed_result r WHERE r.id = a.id)
     ORDER BY j.id, a.number, a.id`,
  )
  return {
    find: (job) => find.get(job),
    attemptByNumber: (job, number) => numbered.get(job, number),
    isAttempt: (job, attempt) => belongs.get(attempt, job) !== undefined,
    lastAttempt: (job) => last.get(job),
    results(jobset, { after, limit, state, name, since }) {
      const page = onePage(results.iterate({ jobset, after, state: state ?? null, name: name ?? null, since }), limit)
      return { results: page.rows.map((row) => ({ ...row, manifest: parse(row.manifest), removed: row.removed === 1 })), more: page.more }
    },
    keptAttempts(jobset, { after, limit }) {
      const page = onePage(kept.iterate({ jobset, after }), limit)
      return { attempts: page.rows.map((row) => ({ ...row, manifest: parse(row.manifest) })), more: page.more }
    },
  }
}

/** Rows of up to `limit` jobs, all rows of a job together, and whether there are more. */
function onePage<Row extends { readonly job: number; readonly manifest: string | null }>(
  all: Iterable<Row>,
  limit: number,
): { rows: Row[]; more: boolean } {
  const rows: Row[] = []
  let jobs = 0
  let letters = 0
  for (const row of all) {
    if (row.job !== rows.at(-1)?.job) {
      if (jobs >= limit || letters >= pageLetters) return { rows, more: true }
      jobs++
    }
    letters += row.manifest?.length ?? 0
    rows.push(row)
  }
  return { rows, more: false }
}

function parse(text: string | null): Manifest {
  return text === null ? [] : (JSON.parse(text) as Manifest)
}
