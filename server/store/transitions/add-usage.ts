// Adds what an attempt used to its submitter's account, decayed (fair share). Part of the finish.
import type Database from 'better-sqlite3'
import { decayed } from '../../../shared/model/decay.ts'

export function usageAccount(db: Database.Database): (owner: string, coreSeconds: number, now: number) => void {
  const read = db.prepare<[string], { core_seconds: number; at: number }>('SELECT core_seconds, at FROM usage WHERE owner = ?')
  const write = db.prepare('INSERT OR REPLACE INTO usage (owner, core_seconds, at) VALUES (?, ?, ?)')
  return (owner, coreSeconds, now) => {
    const row = read.get(owner)
    const before = row === undefined ? 0 : decayed(row.core_seconds, now - row.at)
    write.run(owner, before + coreSeconds, now)
  }
}
