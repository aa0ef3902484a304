// Opens the head's SQLite file for the writer thread or for reading. WAL and synchronous are set and asserted on every
// connection: reopening a WAL database silently gives synchronous = NORMAL, under which an answer is no promise.
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import type Database from 'better-sqlite3'
import { DistError } from '../../shared/base/errors.ts'
import { damagedDatabase } from './requests.ts'

const synchronousFull = 2

/** Connection of the one writer. */
export function openForWriting(file: string): Database.Database {
  const db = new (loadDriver())(file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  // Larger than the default 1000 pages: a checkpoint of a busy WAL costs 11 ms, so make them rarer.
  db.pragma('wal_autocheckpoint = 4000')
  db.pragma('cache_size = -65536')
  const level = db.pragma('synchronous', { simple: true })
  const mode = db.pragma('journal_mode', { simple: true })
  if (level !== synchronousFull || mode !== 'wal') {
    throw new DistError(
      'data_folder',
      `SQLite refuses durable settings on ${file} (journal ${String(mode)}, synchronous ${String(level)})`,
      {
        hint: 'put the data folder on a local disk',
      },
    )
  }
  return db
}

/** Up to here SQLite's quick check runs at every start: 235 MB took 0.6 s. Of a larger file dist doctor does it. */
const quickBytes = 256 << 20

/**
 * Looks at a database before anything may write to it; one that is not there yet is fine. `data_folder` when it makes no
 * sense, or is of a schema above `newest`. Through a reader, so that a refusal leaves file and log as they were.
 */
export function assertUsable(file: string, newest: number): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) return
  const db = openForReading(file)
  try {
    const schema = db.pragma('user_version', { simple: true }) as number
    if (schema > newest) throw newerSchema(schema, newest)
    const size = (db.pragma('page_count', { simple: true }) as number) * (db.pragma('page_size', { simple: true }) as number)
    if (size > quickBytes) return
    const first = db.pragma('quick_check(1)', { simple: true }) as string
    if (first === 'ok') return
    const { message, hint } = damagedDatabase(first)
    throw new DistError('data_folder', message, { hint })
  } finally {
    db.close()
  }
}

export function newerSchema(found: number, known: number): DistError {
  return new DistError('data_folder', `this data folder has schema ${found}, this version of dist knows ${known}`, {
    hint: 'start the newer version of dist, or restore a backup made with this one',
  })
}

/** A connection that can only read; sees every committed transaction at once. */
export function openForReading(file: string): Database.Database {
  const db = new (loadDriver())(file, { readonly: true })
  db.pragma('query_only = true')
  return db
}

/** better-sqlite3 is an optional dependency: an agent installs without a compiler, the head needs it. */
function loadDriver(): typeof Database {
  try {
    return createRequire(import.meta.url)('better-sqlite3') as typeof Database
  } catch (cause) {
    throw new DistError('missing_program', 'the head needs the package better-sqlite3, which is not installed or does not load', {
      hint: 'install a C++ compiler, make and python3, then run: npm rebuild better-sqlite3',
      cause,
    })
  }
}
