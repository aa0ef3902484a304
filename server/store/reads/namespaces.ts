// What the results of a namespace take.
import type { ReadDb } from '../read-db.ts'

/** Bytes by namespace; 0 for one that has none. */
export function namespaceUse(db: ReadDb): (namespace: string) => number {
  const read = db.prepare<[string], number>('SELECT bytes FROM namespace_bytes WHERE namespace = ?').pluck()
  return (namespace) => read.get(namespace) ?? 0
}
