// What a search's driver and its routes read. Rows of events and trials are never all in memory at once.
import type { JobId, JobsetId } from '../../../shared/model/ids.ts'
import type { JobState } from '../../../shared/model/job.ts'
import type { TrialEnd } from '../../../shared/model/trial.ts'
import type { EventRow } from '../../ports/search-advance.ts'
import type { SearchProblem, SearchSummary } from '../../ports/search-summary.ts'
import type { TrialsFilter } from '../../ports/searches.ts'
import type { ReadDb } from '../read-db.ts'

export interface SearchRow {
  readonly seed: number
  readonly done: boolean
  readonly problem: SearchProblem | null
  readonly notices: readonly string[]
  readonly summary: SearchSummary
  /** of the jobset: JSON of a JobsetSpec */
  readonly spec: string
}

export interface EndedTrial {
  readonly number: number
  readonly run: number
  readonly end: TrialEnd
}

export interface SearchReads {
  /** those that are not done */
  open(): readonly JobsetId[]
  find(jobset: JobsetId): SearchRow | null
  /** what keeps it from going on: asked at every step */
  stand(jobset: JobsetId): { readonly isActive: boolean; readonly problem: SearchProblem | null } | null
  events(jobset: JobsetId): Iterable<EventRow>
  /** how the current run of the job's trial ended; null while it goes on, or when it is no trial */
  ended(job: JobId): EndedTrial | null
  /** By number, or by their ends. A page also ends when what was reported gets large. */
  trials(jobset: JobsetId, filter: TrialsFilter): { readonly rows: readonly TrialRow[]; readonly more: boolean }
  /** jobs whose trials ended, which the history does not know yet */
  unknown(jobset: JobsetId): readonly JobId[]
}

/** A trial with its job and that job's current attempt. */
export interface TrialRow {
  readonly number: number
  readonly ended: number | null
  readonly end: string | null
  readonly report: string | null
  /** JSON of the job's spec; null = the trial's values are not known yet */
  readonly spec: string | null
  readonly state: JobState | null
  readonly started: number | null
  readonly node: string | null
  readonly startedAt: number | null
  readonly finishedAt: number | null
  readonly outcome: string | null
}

const trialColumns = `t.number, t.ended, t.end, t.report, p.spec, j.state, j.started, n.name AS node, a.started_at AS startedAt,
 a.finished_at AS finishedAt, a.outcome
 FROM trial t LEFT JOIN job j ON j.id = t.job LEFT JOIN job_spec p ON p.job = t.job LEFT JOIN attempt a ON a.id = j.attempt
 LEFT JOIN node n ON n.id = a.node`

/** Letters of reports on one page: one may have a million. */
const pageLetters = 8 << 20

interface Columns {
  readonly seed: number
  readonly done: number
  readonly problem: string | null
  readonly notices: string
  readonly summary: string
  readonly spec: string
}

export function searchReads(db: ReadDb): SearchReads {
  const open = db.prepare<[], JobsetId>('SELECT jobset FROM search WHERE done = 0 ORDER BY jobset').pluck()
  const find = db.prepare<[number], Columns>(
    `SELECT r.seed, r.done, r.problem, r.notices, r.summary, s.spec FROM search r JOIN jobset s ON s.id = r.jobset
     WHERE r.jobset = ?`,
  )
  const stand = db.prepare<[number], { state: string; problem: string | null }>(
    'SELECT s.state, r.problem FROM search r JOIN jobset s ON s.id = r.jobset WHERE r.jobset = ?',
  )
  const events = db.prepare<[number], EventRow>('SELECT kind, trial, body FROM search_event WHERE jobset = ? ORDER BY seq')
  const ended = db.prepare<[number], { number: number; run: number; end: string }>(
    'SELECT number, run, end FROM trial WHERE job = ? AND end IS NOT NULL AND ended IS NULL',
  )
  const byNumber = db.prepare<[number, number, number], TrialRow>(
    `SELECT ${trialColumns} WHERE t.jobset = ? AND t.number > ? ORDER BY t.number LIMIT ?`,
  )
  const byEnd = db.prepare<[number, number, number], TrialRow>(
    `SELECT ${trialColumns} WHERE t.jobset = ? AND t.ended > ? ORDER BY t.ended LIMIT ?`,
  )
  const unknown = db
    .prepare<[number], JobId>('SELECT job FROM trial WHERE jobset = ? AND job IS NOT NULL AND end IS NOT NULL AND ended IS NULL')
    .pluck()
  return {
    open: () => open.all(),
    find: (jobset) => {
      const row = find.get(jobset)
      if (row === undefined) return null
      return {
        seed: row.seed,
        done: row.done === 1,
        problem: readProblem(row.problem),
        notices: JSON.parse(row.notices) as string[],
        summary: JSON.parse(row.summary) as SearchSummary,
        spec: row.spec,
      }
    },
    stand: (jobset) => {
      const row = stand.get(jobset)
      return row === undefined ? null : { isActive: row.state === 'active', problem: readProblem(row.problem) }
    },
    events: (jobset) => events.iterate(jobset),
    ended: (job) => {
      const row = ended.get(job)
      return row === undefined ? null : { number: row.number, run: row.run, end: JSON.parse(row.end) as TrialEnd }
    },
    trials: (jobset, { after, since, limit }) =>
      onePage(since === undefined ? byNumber.iterate(jobset, after, limit + 1) : byEnd.iterate(jobset, since, limit + 1), limit),
    unknown: (jobset) => unknown.all(jobset),
  }
}

function onePage(found: Iterable<TrialRow>, limit: number): { readonly rows: readonly TrialRow[]; readonly more: boolean } {
  const rows: TrialRow[] = []
  let letters = 0
  for (const row of found) {
    if (rows.length === limit || letters > pageLetters) return { rows, more: true }
    letters += (row.report?.length ?? 0) + (row.spec?.length ?? 0)
    rows.push(row)
  }
  return { rows, more: false }
}

function readProblem(text: string | null): SearchProblem | null {
  return text === null ? null : (JSON.parse(text) as SearchProblem)
}
