// Contents that neither a jobset nor a draft names, page by page. Read by the transition that removes them, and by a dry gc.
import type { Sha256 } from '../../../shared/model/ids.ts'
import type { UnusedBlobs } from '../../ports/known-names.ts'
import type { ReadDb } from '../read-db.ts'

export function unusedBlobs(db: ReadDb): (after: string, limit: number) => UnusedBlobs {
  const page = db.prepare<[Buffer, number], { sha256: Buffer; size: number; used: number }>(
    `SELECT b.sha256, b.size, EXISTS (SELECT 1 FROM jobset_blob j WHERE j.sha256 = b.sha256)
       OR EXISTS (SELECT 1 FROM draft_blob d WHERE d.sha256 = b.sha256) AS used
     FROM blob b WHERE b.sha256 > ? ORDER BY b.sha256 LIMIT ?`,
  )
  return (after, limit) => {
    const rows = page.all(Buffer.from(after, 'hex'), limit)
    const removed = rows.filter(({ used }) => used === 0).map(({ sha256, size }) => ({ sha256: sha256.toString('hex') as Sha256, size }))
    return { removed, last: rows.length < limit ? null : (rows.at(-1)?.sha256.toString('hex') ?? null) }
  }
}
