// The form of a state transition: one file each in transitions/, run by the writer thread inside its own savepoint
// of a group commit. A transition is idempotent: guarded by ids and states, never by the caller's belief.
import type Database from 'better-sqlite3'
import type { EventKind } from '../../shared/model/event.ts'
import type { PackLocation } from './packs.ts'
import type { PlacementOrder } from './placement.ts'

/** What a transition may use besides its input. */
export interface WriterContext {
  /** wall time of the group, ms; what rows and events carry */
  readonly now: number
  /** Adds an event row in the same transaction. */
  event(
    kind: EventKind,
    ids: { jobset?: number | null; job?: number | null; node?: string | null },
    data?: Readonly<Record<string, unknown>>,
  ): void
  /** Asks for a placement after the group is committed (never before). */
  place(order: PlacementOrder): void
  /** Runs after the group is committed; for files whose row is gone. Failures are logged, not reported. */
  afterCommit(action: () => void): void
  /** Where the bytes of this finished item lie, synced already; null when it carries none. */
  locationOf(item: object): PackLocation | null
}

/** Statements are prepared once per connection; the inner function runs per request. */
export type Transition<In, Out> = (db: Database.Database) => (input: In, context: WriterContext) => Out

/** Keeps In and Out when a transition is put into the table. */
export function transition<In, Out>(prepare: Transition<In, Out>): Transition<In, Out> {
  return prepare
}
