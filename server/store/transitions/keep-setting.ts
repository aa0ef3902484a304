// A setting that is written once and then stays, such as the head's random id; answers what is there.
import { transition } from '../transition.ts'

export const keepSetting = transition<{ readonly key: string; readonly value: string }, string>((db) => {
  const insert = db.prepare('INSERT OR IGNORE INTO setting (key, value) VALUES (?, ?)')
  const read = db.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck()
  return ({ key, value }) => {
    insert.run(key, value)
    return read.get(key) ?? value
  }
})
