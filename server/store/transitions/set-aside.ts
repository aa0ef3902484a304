// Before a job runs again: its committed result becomes one of its other attempts, moved into `.attempts/<job>/<n>`.
// Called by reopen (`dist retry`) and extend-jobset (a changed job).
import type Database from 'better-sqlite3'
import { DistError } from '../../../shared/base/errors.ts'
import { attemptFolder, type BatchName, jobFolder } from '../result-folder.ts'
import type { WriterContext } from '../transition.ts'

export interface EndedJob {
  readonly id: number
  readonly name: string
  /** attempt */
  readonly committed: string | null
}

/** `unavailable` while its files are on their way somewhere. */
export function setAside(db: Database.Database): (of: BatchName, job: EndedJob, context: WriterContext) => void {
  const old = db.prepare<[string], { location: string | null; number: number | null; removing: number }>(
    `SELECT location, number, EXISTS (SELECT 1 FROM removed_result r WHERE r.id = attempt.id AND r.done = 0) AS removing
     FROM attempt WHERE id = ?`,
  )
  const keep = db.prepare(
    "UPDATE attempt SET state = 'superseded', location = CASE WHEN location = 'folder' THEN 'aside' ELSE location END WHERE id = ?",
  )
  const forgive = db.prepare('DELETE FROM job_reason WHERE job = ?')
  return (of, { id, name, committed }, context) => {
    if (committed !== null) {
      const attempt = old.get(committed)
      if (attempt?.location != null && (attempt.location !== 'folder' || attempt.removing === 1)) {
        const what = attempt.removing === 1 ? 'being removed (retention)' : 'still being put in place'
        throw new DistError('unavailable', `the result of '${name}' is ${what}`, { hint: 'try again in a second' })
      }
      keep.run(committed)
      if (attempt?.location === 'folder') {
        const mark = attempt.number === null ? committed : String(attempt.number)
        context.place({ kind: 'aside', id: committed, from: jobFolder(of, name), to: attemptFolder(of, name, mark) })
      }
    }
    forgive.run(id)
  }
}

/** Opens the next generation of an ended job: `(state, needs left, id)`. */
export const openAgainSql = `UPDATE job SET state = ?, needs_left = ?, attempt = NULL, committed_attempt = NULL, tries = 0, lost = 0,
 not_before = 0, avoid = NULL, generation = generation + 1 WHERE id = ?`

/** `(jobset)`: it has open jobs again. */
export const activeAgainSql = "UPDATE jobset SET state = 'active', finished_at = NULL, reason = NULL, counts = NULL WHERE id = ?"

/** `(jobset)`: nodes that failed to build it are asked again. */
export const forgiveBuildsSql = "UPDATE build SET state = 'dropped' WHERE jobset = ? AND state = 'failed'"
