// Invariants as code: used by the pure cores and by exhaustive switches.
import { DistError } from './errors.ts'

/** Throws when `condition` is false: a bug of ours, never a user's mistake. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new DistError('bug', `invariant broken: ${message}`)
}

/** Ends a switch over a discriminated union; a new variant then fails to compile. */
export function assertNever(value: never): never {
  throw new DistError('bug', `unexpected variant: ${JSON.stringify(value)}`)
}
