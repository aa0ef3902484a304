// What SQLite says of a database file that nobody may write to meanwhile, or that a head works with. For dist doctor.
import { rmSync, statSync } from 'node:fs'
import { openForReading } from './open-database.ts'
import { fromPortable, toPortable } from './requests.ts'

export interface Inspected {
  readonly schema: number
  readonly problems: readonly string[]
}

const shown = 5

/** `idle`: no head runs, and none can start now: then what a reader leaves beside the file is taken away again. */
export function inspectDatabase(file: string, idle: boolean): Inspected {
  const beside = [`${file}-wal`, `${file}-shm`]
  const before = beside.map((path) => statSync(path, { throwIfNoEntry: false }) !== undefined)
  try {
    const db = openForReading(file)
    try {
      const schema = db.pragma('user_version', { simple: true }) as number
      const rows = db.pragma(`integrity_check(${shown})`) as readonly { readonly integrity_check: string }[]
      return { schema, problems: rows.map((row) => row.integrity_check).filter((text) => text !== 'ok') }
    } finally {
      db.close()
    }
  } catch (error) {
    throw fromPortable(toPortable(error))
  } finally {
    // A log of SQLite that is empty tells the next start that one was there.
    if (idle) for (const [i, path] of beside.entries()) if (before[i] === false) rmSync(path, { force: true })
  }
}
