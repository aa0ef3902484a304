// A consistent copy of the database while the head works, made a data folder's database of its own: every result counts
// as placed, because whoever copies the files writes them where they end. Run by snapshot-thread.ts, for `dist backup`.
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs'
import { sha256FileSync } from '../../shared/files/digest.ts'
import type { Sha256 } from '../../shared/model/ids.ts'
import { openForReading, openForWriting } from './open-database.ts'

export interface Snapshot {
  /** bytes */
  readonly size: number
  readonly sha256: Sha256
}

/**
 * VACUUM INTO reads in one transaction: writers go on, and it ends whatever they do. (The online backup interface starts
 * over at each commit of another connection: docs/decisions/0015.) `target` is written over.
 */
export function makeSnapshot(database: string, target: string): Snapshot {
  rmSync(target, { force: true })
  const source = openForReading(database)
  try {
    // it only reads the source, but writes
    source.pragma('query_only = false')
    source.prepare('VACUUM INTO ?').run(target)
  } finally {
    source.close()
  }
  const copy = openForWriting(target)
  try {
    for (const table of ['attempt', 'build']) copy.exec(`UPDATE ${table} SET location = 'folder' WHERE location <> 'folder'`)
    // one file: no WAL beside it
    copy.pragma('journal_mode = DELETE')
  } finally {
    copy.close()
  }
  const fd = openSync(target, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  return sha256FileSync(target)
}
