// Writes down which contents a draft names, once each; used where a draft is made and where its jobs come in.
import type Database from 'better-sqlite3'
import { DistError } from '../../../shared/base/errors.ts'

export interface NamedBlob {
  readonly sha256: string
  /** bytes */
  readonly size: number
}

/** The same content under two sizes is refused (`bad_request`): one of them is wrong, and uploads are cut at the size. */
export function draftBlobs(db: Database.Database): (draft: string, blobs: readonly NamedBlob[]) => void {
  const insert = db.prepare('INSERT INTO draft_blob (draft, sha256, size) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const named = db.prepare<[string, Buffer], number>('SELECT size FROM draft_blob WHERE draft = ? AND sha256 = ?').pluck()
  const stored = db.prepare<[Buffer], number>('SELECT size FROM blob WHERE sha256 = ?').pluck()
  return (draft, blobs) => {
    for (const { sha256, size } of blobs) {
      const key = Buffer.from(sha256, 'hex')
      const known = insert.run(draft, key, size).changes === 1 ? stored.get(key) : named.get(draft, key)
      if (known === undefined || known === size) continue
      throw new DistError('bad_request', `the content ${sha256} cannot have ${size} bytes: it has ${known}`, {
        hint: 'hash the file again: it may have changed meanwhile',
      })
    }
  }
}
