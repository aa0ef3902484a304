// The database came from a backup: events that the head wrote after it are known to those who followed, and are gone here.
// So their numbers are never given again, and a position before the restore counts as too old (reads/events.ts).
import { transition } from '../transition.ts'

/** More events than a head writes between a backup and its end. */
const gap = 1_000_000_000

export const restored = transition<{ readonly id: string; readonly takenAt: number }, void>((db) => {
  const read = db.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck()
  const write = db.prepare('INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)')
  const last = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'event'").pluck()
  const first = db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', 0)")
  const skip = db.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'event'")
  return ({ id, takenAt }, context) => {
    if (read.get('restored_from') === id) return
    write.run('restored_from', id)
    if (last.get() === undefined) first.run()
    const from = (last.get() ?? 0) + gap
    skip.run(from)
    write.run('event_floor', String(from + 1))
    context.event('head_restored', {}, { backup: id, takenAt })
  }
})
