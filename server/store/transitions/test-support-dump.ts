// All rows of a store as text, to see whether anything changed. Moments of time are left out: a repeated telling may move them.
import type { Scene } from '../test-scene.ts'

const aMoment = 1e12

/** `quiet`: without the log of events. */
export function dump({ db }: Scene, quiet: boolean): string {
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all()
  return tables
    .filter((table) => !quiet || (table !== 'event' && table !== 'sqlite_sequence'))
    .map((table) => `${table}\n${rows(db.prepare(`SELECT * FROM ${table}`).all())}`)
    .join('\n')
}

function rows(all: readonly unknown[]): string {
  return all
    .map((row) => JSON.stringify(row, (_, value: unknown) => (typeof value === 'number' && value > aMoment ? 'moment' : value)))
    .sort()
    .join('\n')
}
