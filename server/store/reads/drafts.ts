// Reads of drafts for the upload routes.
import type Database from 'better-sqlite3'
import type { Sha256 } from '../../../shared/model/ids.ts'

export interface DraftFacts {
  readonly owner: string
  readonly batch: string
  readonly jobCount: number
}

export interface DraftReads {
  find(draft: string): DraftFacts | undefined
  /** contents that the draft names and the head lacks */
  missing(draft: string): { sha256: string; size: number }[]
  /** what the draft says of a content; null when it names no such content */
  blob(draft: string, sha256: Sha256): { size: number; stored: boolean } | null
}

export function draftReads(db: Database.Database): DraftReads {
  const find = db.prepare<[string], DraftFacts>('SELECT owner, batch, job_count AS jobCount FROM draft WHERE id = ?')
  const missing = db.prepare<[string], { sha256: string; size: number }>(
    `SELECT lower(hex(d.sha256)) AS sha256, d.size FROM draft_blob d
     WHERE d.draft = ? AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = d.sha256) ORDER BY d.sha256`,
  )
  const blob = db.prepare<[string, Buffer], { size: number; stored: number }>(
    `SELECT d.size, EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = d.sha256) AS stored FROM draft_blob d WHERE d.draft = ? AND d.sha256 = ?`,
  )
  return {
    find: (draft) => find.get(draft),
    missing: (draft) => missing.all(draft),
    blob(draft, sha256) {
      const row = blob.get(draft, Buffer.from(sha256, 'hex'))
      return row === undefined ? null : { size: row.size, stored: row.stored === 1 }
    },
  }
}
