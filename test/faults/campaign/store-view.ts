// What the head's rows say, read beside it: also while it is stopped, killed or its disk is full. Used by storm.ts and
// invariants.ts.
import { join } from 'node:path'
import type { ReadDb } from '../../../server/ports/read-db.ts'
import { openForReading } from '../../../server/store/open-database.ts'

export interface Progress {
  /** jobs that are not at their end */
  readonly open: number
  readonly activeJobsets: number
  readonly liveAttempts: number
  readonly unplaced: number
  readonly committed: number
  /** grows with every event */
  readonly lastEvent: number
}

const openStates = "('waiting', 'ready', 'claimed', 'running')"

/** Runs queries on a connection of its own. Throws when the file cannot be read at present. */
export function readStore<T>(data: string, read: (db: ReadDb) => T): T {
  const db = openForReading(join(data, 'dist.sqlite'))
  try {
    return read(db)
  } finally {
    db.close()
  }
}

export function progressOf(data: string): Progress {
  return readStore(data, (db) => {
    const count = (sql: string): number => db.prepare<[], number>(sql).pluck().get() ?? 0
    return {
      open: count(`SELECT count(*) FROM job WHERE state IN ${openStates}`),
      activeJobsets: count("SELECT count(*) FROM jobset WHERE state = 'active' OR counts IS NULL"),
      liveAttempts: count("SELECT count(*) FROM attempt WHERE state IN ('claimed', 'running')"),
      unplaced: count("SELECT count(*) FROM attempt WHERE location <> 'folder'"),
      committed: count("SELECT count(*) FROM event WHERE kind = 'committed'"),
      lastEvent: count('SELECT max(seq) FROM event'),
    }
  })
}

export interface Figures {
  readonly attempts: number
  readonly lost: number
  readonly superseded: number
  readonly cancelled: number
  readonly returned: number
}

export function figuresOf(data: string): Figures {
  return readStore(data, (db) => {
    const rows = db.prepare<[], { state: string; n: number }>('SELECT state, count(*) AS n FROM attempt GROUP BY state').all()
    const of = (state: string): number => rows.find((row) => row.state === state)?.n ?? 0
    const lost = db.prepare<[], number>("SELECT count(*) FROM event WHERE kind = 'attempt_lost'").pluck().get() ?? 0
    return {
      attempts: rows.reduce((sum, { n }) => sum + n, 0),
      lost,
      superseded: of('superseded'),
      cancelled: of('cancelled'),
      returned: of('returned'),
    }
  })
}
