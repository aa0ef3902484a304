// Ends an attempt that is in the keeper: by an order, a verdict, or because the agent ends.
import type { Effects } from './state.ts'
import type { Attempt } from './work.ts'

/** Seconds between SIGTERM and SIGKILL. */
const killGrace = 10

/** SIGTERM, then SIGKILL; takes back what still waits in the keeper. Repeating it does no harm. */
export function kill(attempt: Attempt, effects: Effects): void {
  attempt.killed = true
  effects.push({ kind: 'kill', id: attempt.work.id, grace: killGrace })
}
