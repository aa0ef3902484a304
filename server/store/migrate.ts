// Brings a database to the current schema: numbered, append-only, each in its own transaction. Newer ones are refused.
import type Database from 'better-sqlite3'
import { DistError } from '../../shared/base/errors.ts'
import { foundation } from './migrations/0001-foundation.ts'
import { orderAndRetries } from './migrations/0002-order-and-retries.ts'
import { packing } from './migrations/0003-packing.ts'

const migrations: readonly string[] = [foundation, orderAndRetries, packing]

/** Schema version of this build. */
export const schemaVersion = migrations.length

/** Applies what is missing; `data_folder` when the database was written by a newer version. */
export function migrate(db: Database.Database): void {
  const version = db.pragma('user_version', { simple: true }) as number
  if (version > schemaVersion) {
    throw new DistError('data_folder', `this data folder has schema ${version}, this version of dist knows ${schemaVersion}`, {
      hint: 'start the newer version of dist, or restore a backup made with this one',
    })
  }
  for (let next = version; next < schemaVersion; next++) {
    db.transaction(() => {
      db.exec(migrations[next] ?? '')
      db.pragma(`user_version = ${next + 1}`)
    })()
  }
}
