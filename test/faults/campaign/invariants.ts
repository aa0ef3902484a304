// What must be true of the head's rows, its result folders and the nodes once everything is calm. Each answers what is wrong.
import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadDb } from '../../../server/ports/read-db.ts'
import { sha256FileSync } from '../../../shared/files/digest.ts'
import type { JobState } from '../../../shared/model/job.ts'
import type { Manifest } from '../../../shared/model/manifest.ts'
import { processesWith } from './job-processes.ts'
import { namespace, type PlannedJobset } from './jobset-maker.ts'

interface JobRow {
  readonly name: string
  readonly state: JobState
  readonly commits: number
  readonly outcome: string | null
  readonly reason: string | null
  readonly attempt_state: string | null
  readonly node: string | null
  readonly started_at: number | null
  readonly usage: string | null
}

/** When a node's disk was full, wall ms. */
export interface FullTime {
  readonly node: string
  readonly from: number
  readonly to: number
}

/** A job that could not write fails by itself: the only end that its work does not explain. 2 s for clocks and buffers. */
function foundDiskFull(row: JobRow, full: readonly FullTime[]): boolean {
  if (row.state !== 'failed' || !(row.outcome ?? '').includes('"exitCode"')) return false
  const begun = row.started_at ?? 0
  const ended = begun + 1000 * Number((JSON.parse(row.usage ?? '{}') as { wallSeconds?: number } | null)?.wallSeconds ?? 0)
  return full.some(({ node, from, to }) => node === row.node && begun < to + 2000 && ended > from - 2000)
}

/** Jobs of one jobset: each ended once, in a way that its work explains. `killed`: it was cancelled by a person. */
export function wrongJobs(db: ReadDb, planned: PlannedJobset, killed: boolean, full: readonly FullTime[]): string[] {
  const rows = db
    .prepare<[string, string], JobRow>(
      `SELECT j.name, j.state, (SELECT count(*) FROM event e WHERE e.jobset = j.jobset AND e.job = j.id AND e.kind = 'committed') AS commits,
         a.outcome, a.state AS attempt_state, a.started_at, a.usage, n.name AS node, r.reason
       FROM jobset s JOIN job j ON j.jobset = s.id LEFT JOIN attempt a ON a.id = j.committed_attempt LEFT JOIN job_reason r ON r.job = j.id
         LEFT JOIN node n ON n.id = a.node
       WHERE s.namespace = ? AND s.batch = ?`,
    )
    .all(namespace, planned.batch)
  if (rows.length !== planned.jobs.length)
    return [`${planned.batch}: acknowledged with ${planned.jobs.length} jobs, there are ${rows.length}`]
  const byName = new Map(rows.map((row) => [row.name, row]))
  const excused = new Set<string>()
  return planned.jobs.flatMap((job) => {
    const row = byName.get(job.name)
    const tell = (what: string): string[] => [`${planned.batch}/${job.name}: ${what}; row ${JSON.stringify(row)}`]
    if (row === undefined) return tell('is gone')
    const ended = row.state === 'succeeded' || row.state === 'failed'
    // a skipped job's reason is its committed event
    if (row.commits !== (row.state === 'cancelled' ? 0 : 1)) return tell(`${row.commits} committed events`)
    if (ended && row.attempt_state !== 'committed') return tell('its committed attempt is not committed')
    if (row.state === 'skipped' && row.reason === null) return tell('skipped without a reason')
    if (row.state === 'cancelled') return killed ? [] : tell('cancelled, but nobody asked')
    if (killed && row.state === 'skipped') return []
    // so are those that need it, which come after it
    if (foundDiskFull(row, full) || (row.state === 'skipped' && excused.size > 0)) {
      excused.add(job.name)
      return []
    }
    if (job.expected !== 'either' && row.state !== job.expected) return tell(`expected ${job.expected}`)
    return []
  })
}

/** What is still open in the rows. */
export function openRows(db: ReadDb): string[] {
  const look = (what: string, sql: string): string[] => {
    const rows = db.prepare<[], unknown>(sql).all()
    return rows.length === 0 ? [] : [`${what}: ${JSON.stringify(rows.slice(0, 5))}${rows.length > 5 ? ` and ${rows.length - 5} more` : ''}`]
  }
  return [
    ...look('jobsets that never ended', "SELECT id, batch, state, counts FROM jobset WHERE state = 'active' OR counts IS NULL"),
    ...look('jobs that never ended', "SELECT id, jobset, name, state FROM job WHERE state IN ('waiting', 'ready', 'claimed', 'running')"),
    ...look('attempts that never ended', "SELECT id, job, node, state FROM attempt WHERE state IN ('claimed', 'running')"),
    ...look('builds that never ended', "SELECT id, jobset, node, state FROM build WHERE state IN ('ordered', 'building')"),
    ...look('results that never reached their folder', "SELECT id, job, state, location FROM attempt WHERE location <> 'folder'"),
    ...look(
      'jobs with two commits',
      "SELECT job, count(*) AS n FROM event WHERE kind = 'committed' AND job IS NOT NULL GROUP BY job HAVING n > 1",
    ),
  ]
}

interface ResultRow {
  readonly job: string
  readonly job_state: JobState
  readonly batch: string
  readonly state: string
  readonly number: number | null
  readonly id: string
  readonly manifest: string | null
}

/** Every file of every kept attempt of a jobset is what its manifest says; a succeeded job's answer is the right one, another's its beginning. */
export function wrongFiles(db: ReadDb, data: string, planned: PlannedJobset): string[] {
  const rows = db
    .prepare<[string, string], ResultRow>(
      `SELECT j.name AS job, j.state AS job_state, s.batch, a.state, a.number, a.id, a.manifest FROM jobset s JOIN job j ON j.jobset = s.id JOIN attempt a ON a.job = j.id
       WHERE s.namespace = ? AND s.batch = ? AND (a.location = 'folder' OR a.state = 'committed')`,
    )
    .all(namespace, planned.batch)
  const answers = new Map(planned.jobs.map(({ name, answer }) => [name, answer]))
  return rows.flatMap((row) => {
    const inside = row.state === 'committed' ? row.job : join('.attempts', row.job, String(row.number ?? row.id))
    const folder = join(data, 'results', namespace, row.batch, inside)
    const manifest = JSON.parse(row.manifest ?? '[]') as Manifest
    const kept = row.state === 'committed' && row.job_state === 'succeeded'
    if (kept && !manifest.some(({ path }) => path === 'answer.txt'))
      return [`${folder} (attempt ${row.id}): it succeeded without its answer`]
    return manifest.flatMap((entry) => {
      const path = join(folder, entry.path)
      if (!existsSync(path)) return [`${path} (attempt ${row.id}, ${row.state}) is missing`]
      if (entry.kind !== 'file') return []
      const seen = lstatSync(path).isFile() ? sha256FileSync(path) : null
      if (seen?.sha256 !== entry.sha256) return [`${path} (attempt ${row.id}, ${row.state}) is not what its manifest says`]
      const right = entry.path !== 'answer.txt' || isAnswer(readFileSync(path, 'utf8'), answers.get(row.job) ?? '', kept)
      return right ? [] : [`${path} is another job's answer: ${readFileSync(path, 'utf8')}`]
    })
  })
}

/** A job that failed may have met a full disk in the middle of its answer. */
function isAnswer(text: string, answer: string, whole: boolean): boolean {
  return text.startsWith(answer) || (!whole && answer.startsWith(text))
}

/** Processes of jobs of agents that work below `folder`; none when all jobs have ended. */
export function orphans(folder: string): string[] {
  return processesWith(folder, {}).map((line) => `still runs: ${line}`)
}
