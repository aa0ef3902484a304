// Everything whose bytes the head keeps, in pages of the primary key: a scan that leaves off and goes on.
import type { Sha256 } from '../../../shared/model/ids.ts'
import type { KeptReads } from '../../ports/kept-reads.ts'
import type { ReadDb } from '../read-db.ts'

export function keptReads(db: ReadDb): KeptReads {
  const pages = {
    attempt: db
      .prepare<[string, number], string>('SELECT id FROM attempt WHERE id > ? AND location IS NOT NULL ORDER BY id LIMIT ?')
      .pluck(),
    build: db.prepare<[string, number], string>('SELECT id FROM build WHERE id > ? AND location IS NOT NULL ORDER BY id LIMIT ?').pluck(),
  }
  const blobs = db.prepare<[Buffer, number], { sha256: Sha256; size: number }>(
    'SELECT lower(hex(sha256)) AS sha256, size FROM blob WHERE sha256 > ? ORDER BY sha256 LIMIT ?',
  )
  return {
    results: (kind, after, limit) => pages[kind].all(after, limit),
    blobs: (after, limit) => blobs.all(Buffer.from(after, 'hex'), limit),
  }
}
