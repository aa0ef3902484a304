// Contents that neither a jobset nor a draft names. One pass over all references, without an index by content: that would
// cost every `dist add` (10 000 files: 18 -> 69 ms of the writer), and this is asked once in a while. Run in a thread.
import type { Sha256 } from '../../shared/model/ids.ts'
import type { UnusedBlobs } from '../ports/unused-blobs.ts'
import { openForReading } from './open-database.ts'

export function findUnused(database: string): UnusedBlobs {
  const db = openForReading(database)
  try {
    // one snapshot for both: what is newer than it is looked at again by the transition
    return db.transaction((): UnusedBlobs => {
      const above = db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM jobset').pluck().get() ?? 0
      const rows = db
        .prepare<[], { sha256: Buffer; size: number }>(
          `SELECT sha256, size FROM blob WHERE sha256 IN
             (SELECT sha256 FROM blob EXCEPT SELECT sha256 FROM jobset_blob EXCEPT SELECT sha256 FROM draft_blob)`,
        )
        .all()
      return { above, blobs: rows.map(({ sha256, size }) => ({ sha256: sha256.toString('hex') as Sha256, size })) }
    })()
  } finally {
    db.close()
  }
}
