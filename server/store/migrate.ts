// Brings a database to the current schema: numbered, append-only, each in its own transaction. Newer ones are refused.
import type Database from 'better-sqlite3'
import { foundation } from './migrations/0001-foundation.ts'
import { orderAndRetries } from './migrations/0002-order-and-retries.ts'
import { packing } from './migrations/0003-packing.ts'
import { retention } from './migrations/0004-retention.ts'
import { holdAndPause } from './migrations/0005-hold-and-pause.ts'
import { submissions } from './migrations/0006-submissions.ts'
import { searches } from './migrations/0007-searches.ts'
import { newerSchema } from './open-database.ts'

export interface Migration {
  /** of its file; user_version once it is applied */
  readonly number: number
  readonly sql: string
}

/** In order. */
export const migrations: readonly Migration[] = [
  { number: 1, sql: foundation },
  { number: 2, sql: orderAndRetries },
  { number: 3, sql: packing },
  { number: 4, sql: retention },
  { number: 5, sql: holdAndPause },
  { number: 6, sql: submissions },
  { number: 7, sql: searches },
]

/** Schema version of this build. */
export const schemaVersion = migrations.at(-1)?.number ?? 0

/** Applies what is missing; `data_folder` when the database was written by a newer version. */
export function migrate(db: Database.Database): void {
  const version = db.pragma('user_version', { simple: true }) as number
  if (version > schemaVersion) {
    throw newerSchema(version, schemaVersion)
  }
  for (const { number, sql } of migrations) {
    if (number <= version) continue
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`user_version = ${number}`)
    })()
  }
}
