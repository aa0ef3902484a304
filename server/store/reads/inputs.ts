// Which inputs a node may read: those of jobsets it has work of. And whether a content is an input of a jobset.
import type { JobsetId } from '../../../shared/model/ids.ts'
import type { InputReads } from '../../ports/input-reads.ts'
import type { ReadDb } from '../read-db.ts'

export function inputReads(db: ReadDb): InputReads {
  const jobsets = db
    .prepare<[string, string], number>(
      `SELECT jobset FROM attempt WHERE node = ? AND state IN ('claimed', 'running')
       UNION SELECT b.jobset FROM build b JOIN jobset s ON s.id = b.jobset WHERE b.node = ? AND s.state = 'active'
       ORDER BY jobset DESC`,
    )
    .pluck()
  const input = db.prepare<[number, Buffer], number>('SELECT 1 FROM jobset_blob WHERE jobset = ? AND sha256 = ?').pluck()
  return {
    jobsetsOf: (node) => jobsets.all(node, node) as JobsetId[],
    isInput: (jobset, sha256) => input.get(jobset, Buffer.from(sha256, 'hex')) === 1,
  }
}
