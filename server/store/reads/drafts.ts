// Reads of drafts for the upload routes.
import type { DraftFacts, DraftReads } from '../../ports/draft-reads.ts'
import type { ReadDb } from '../read-db.ts'

export function draftReads(db: ReadDb): DraftReads {
  const find = db.prepare<[string], DraftFacts>(
    "SELECT owner, batch, json_extract(spec, '$.kind') AS kind, job_count AS jobCount FROM draft WHERE id = ?",
  )
  const missing = db.prepare<[string], { sha256: string; size: number }>(
    `SELECT lower(hex(d.sha256)) AS sha256, d.size FROM draft_blob d
     WHERE d.draft = ? AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = d.sha256) ORDER BY d.sha256`,
  )
  const blob = db.prepare<[string, Buffer], { size: number; stored: number }>(
    `SELECT d.size, EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = d.sha256) AS stored FROM draft_blob d WHERE d.draft = ? AND d.sha256 = ?`,
  )
  const older = db.prepare<[number], number>('SELECT count(*) FROM draft WHERE created_at < ?').pluck()
  return {
    olderThan: (before) => older.get(before) ?? 0,
    find: (draft) => find.get(draft),
    missing: (draft) => missing.all(draft),
    blob(draft, sha256) {
      const row = blob.get(draft, Buffer.from(sha256, 'hex'))
      return row === undefined ? null : { size: row.size, stored: row.stored === 1 }
    },
  }
}
