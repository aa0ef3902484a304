// Finds a draft for whoever may touch it; shared by the transitions that change one.
import type Database from 'better-sqlite3'
import { DistError } from '../../../shared/base/errors.ts'
import type { SubmitMode } from '../../../shared/model/submission.ts'

export interface DraftHead {
  readonly owner: string
  readonly namespace: string
  readonly batch: string
  readonly job_count: number
  readonly mode: SubmitMode
}

/** `not_found` when there is none, `forbidden` when it is someone else's (`by` null = an administrator, who may). */
export function ownDraft(db: Database.Database): (draft: string, by: string | null) => DraftHead {
  const find = db.prepare<[string], DraftHead>('SELECT owner, namespace, batch, job_count, mode FROM draft WHERE id = ?')
  return (draft, by) => {
    const row = find.get(draft)
    if (row === undefined)
      throw new DistError('not_found', `there is no draft ${draft}`, {
        hint: 'it was thrown away, or its jobset is finished: add it again',
      })
    if (by !== null && row.owner !== by) throw new DistError('forbidden', `the draft ${draft} is of ${row.owner}`)
    return row
  }
}
