// Ends an attempt that is in the keeper: by an order, a verdict, or because the agent ends.
import type { Effects } from './state.ts'
import type { Attempt } from './work.ts'

/** Seconds between SIGTERM and SIGKILL. */
const killGrace = 10

/**
 * SIGTERM, then SIGKILL (`why`: see Attempt.killed; the first one counts); takes back what still waits in the keeper.
 * Repeating it does no harm; `grace` 0 is SIGKILL now.
 */
export function kill(attempt: Attempt, why: 'cancel' | 'kill', effects: Effects, grace = killGrace): void {
  attempt.killed ??= why
  effects.push({ kind: 'kill', id: attempt.work.id, slot: attempt.work.slot, grace, why })
}
