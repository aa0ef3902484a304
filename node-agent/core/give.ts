// Gives what is ready to the keeper, which queues it: in the order in which inputs became ready.
import type { Effects, State } from './state.ts'
import { type Attempt, isBuild } from './work.ts'

export function give(state: State, attempt: Attempt, effects: Effects): void {
  if (attempt.phase.kind !== 'ready' || !state.keeperReady || state.stopping !== null) return
  if (!isBuild(attempt) && state.builds.get(attempt.work.uid)?.kind !== 'built') return
  attempt.phase = { kind: 'given' }
  effects.push({ kind: 'run', attempt })
}

export function giveAll(state: State, effects: Effects): void {
  for (const attempt of state.attempts.values()) give(state, attempt, effects)
}
