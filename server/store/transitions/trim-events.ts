// Old events go: those of more than a week ago, and all but the newest two million (durability.md 7). A slice at a time.
import { transition } from '../transition.ts'

/** Removes up to `limit`; answers how many went. */
export const trimEvents = transition<{ readonly before: number; readonly keep: number; readonly limit: number }, number>((db) => {
  const newest = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'event'").pluck()
  const first = db.prepare<[], { seq: number; at: number }>('SELECT seq, at FROM event ORDER BY seq LIMIT 1')
  const cut = db.prepare('DELETE FROM event WHERE seq IN (SELECT seq FROM event WHERE seq <= ? OR at < ? ORDER BY seq LIMIT ?)')
  return ({ before, keep, limit }) => {
    const oldest = first.get()
    const above = (newest.get() ?? 0) - keep
    // Without this look a quiet log would be read to its end for nothing.
    if (oldest === undefined || (oldest.at >= before && oldest.seq > above)) return 0
    return cut.run(above, before, limit).changes
  }
})
