// Adds to what a namespace's results take, for its quota. Part of the finish and of the removal of results.
import type Database from 'better-sqlite3'
import type { Manifest } from '../../../shared/model/manifest.ts'

export function namespaceBytes(db: Database.Database): (namespace: string, bytes: number) => void {
  const add = db.prepare(
    `INSERT INTO namespace_bytes (namespace, bytes) VALUES (?, ?)
     ON CONFLICT (namespace) DO UPDATE SET bytes = max(0, bytes + excluded.bytes)`,
  )
  return (namespace, bytes) => {
    if (bytes !== 0) add.run(namespace, bytes)
  }
}

export function manifestBytes(manifest: Manifest): number {
  let bytes = 0
  for (const entry of manifest) if (entry.kind === 'file') bytes += entry.size
  return bytes
}
