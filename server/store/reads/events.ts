// Reads of the event log for those who follow it.
import type { Event, EventKind } from '../../../shared/model/event.ts'
import type { EventReads } from '../../ports/event-reads.ts'
import type { ReadDb } from '../read-db.ts'

interface Row {
  readonly seq: number
  readonly at: number
  readonly kind: string
  readonly jobset: number | null
  readonly job: number | null
  readonly node: string | null
  readonly data: string | null
}

export function eventReads(db: ReadDb): EventReads {
  const oldest = db.prepare<[], number>('SELECT coalesce(min(seq), 0) FROM event').pluck()
  // Those before a restore are kept to be read, but nobody can go on from them (transitions/restored.ts).
  const floor = db.prepare<[], string>("SELECT value FROM setting WHERE key = 'event_floor'").pluck()
  const newest = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'event'").pluck()
  const all = db.prepare<[number, number], Row>('SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?')
  const ofJobset = db.prepare<[number, number, number], Row>('SELECT * FROM event WHERE jobset = ? AND seq > ? ORDER BY seq LIMIT ?')
  return {
    bounds: () => ({ oldest: Math.max(oldest.get() ?? 0, Number(floor.get() ?? 0)), newest: newest.get() ?? 0 }),
    after: (seq, jobset, limit) => (jobset === null ? all.all(seq, limit) : ofJobset.all(jobset, seq, limit)).map(toEvent),
  }
}

function toEvent(row: Row): Event {
  return { ...row, kind: row.kind as EventKind, data: row.data === null ? {} : (JSON.parse(row.data) as Record<string, unknown>) }
}
