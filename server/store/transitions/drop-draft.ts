// A draft is thrown away: by its owner, or at start when it is old. Its blobs stay until something collects them.
import { transition } from '../transition.ts'
import { ownDraft } from './own-draft.ts'

export const dropDraft = transition<{ readonly draft: string; readonly by: string | null }, void>((db) => {
  const find = ownDraft(db)
  const clear = ['draft_job WHERE draft', 'draft_blob WHERE draft', 'draft WHERE id'].map((where) => db.prepare(`DELETE FROM ${where} = ?`))
  return ({ draft, by }) => {
    find(draft, by)
    for (const statement of clear) statement.run(draft)
  }
})

/** Drops every draft opened before `before` (wall ms); answers the ids of those that are left. */
export const dropOldDrafts = transition<{ readonly before: number }, string[]>((db) => {
  const old = 'SELECT id FROM draft WHERE created_at < ?'
  const clear = [`draft_job WHERE draft IN (${old})`, `draft_blob WHERE draft IN (${old})`, 'draft WHERE created_at < ?'].map((where) =>
    db.prepare(`DELETE FROM ${where}`),
  )
  const left = db.prepare<[], string>('SELECT id FROM draft').pluck()
  return ({ before }) => {
    for (const statement of clear) statement.run(before)
    return left.all()
  }
})
