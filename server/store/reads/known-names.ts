// Whether a name in the data folder is one of ours: asked name by name, so every query ends in an index.
import type { KnownNames } from '../../ports/known-names.ts'
import type { ReadDb } from '../read-db.ts'

export function knownNames(db: ReadDb): KnownNames {
  const jobset = db.prepare<[string, string], number>('SELECT id FROM jobset WHERE namespace = ? AND batch = ?').pluck()
  const committed = db
    .prepare<[number, string], string>(
      `SELECT a.id FROM job j JOIN attempt a ON a.id = j.committed_attempt WHERE j.jobset = ? AND j.name = ? AND a.location IS NOT NULL`,
    )
    .pluck()
  const attempt = db
    .prepare<[number, string, string, string], string>(
      `SELECT a.id FROM job j JOIN attempt a ON a.job = j.id
       WHERE j.jobset = ? AND j.name = ? AND a.location IS NOT NULL AND (a.number = CAST(? AS INTEGER) OR (a.number IS NULL AND a.id = ?))`,
    )
    .pluck()
  const build = db
    .prepare<[number, string], number>(
      `SELECT 1 FROM build b JOIN node n ON n.id = b.node
       WHERE b.jobset = ? AND CASE b.place WHEN 0 THEN n.name ELSE n.name || '.' || b.place END = ? AND b.location IS NOT NULL`,
    )
    .pluck()
  // What is not placed yet is little, and has an index of its own.
  const packed = ['attempt', 'build'].map((table) =>
    db
      .prepare<[string, string], number>(`SELECT 1 FROM ${table} WHERE location <> 'folder' AND location >= ? AND location < ? LIMIT 1`)
      .pluck(),
  )
  const blob = db.prepare<[Buffer], number>('SELECT 1 FROM blob WHERE sha256 = ?').pluck()
  return {
    jobset: (namespace, batch) => jobset.get(namespace, batch) ?? null,
    committed: (id, job) => committed.get(id, job) ?? null,
    attempt: (id, job, mark) => attempt.get(id, job, mark, mark) ?? null,
    build: (id, node) => build.get(id, node) === 1,
    pack: (pack) => packed.some((find) => find.get(`pack:${pack}:`, `pack:${pack};`) === 1),
    blob: (sha256) => blob.get(Buffer.from(sha256, 'hex')) === 1,
  }
}
