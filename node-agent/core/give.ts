// Gives what is ready to the keeper, which queues it: in the order in which the head gave it. A job whose inputs are
// still on their way holds up the ones behind it, but never an idle keeper for longer than `patience`.
import { type Effects, leaving, type State } from './state.ts'
import { type Attempt, isBuild } from './work.ts'

/** ms that an idle keeper waits for inputs of the next job before it is given a later one */
const patience = 1000

/** Called after whatever may have made something ready, or the keeper idle. */
export function giveReady(state: State, now: number, effects: Effects): void {
  if (!state.keeperReady || leaving(state)) return
  let blocked = false
  let busy = false
  let ready = false
  for (const { phase } of state.attempts.values()) {
    busy ||= phase.kind === 'given' || phase.kind === 'running'
    ready ||= phase.kind === 'ready'
  }
  if (!ready) return
  for (const attempt of state.attempts.values()) {
    if (attempt.phase.kind === 'staging' && !isBuild(attempt))
      blocked ||= built(state, attempt) && (busy || now - attempt.takenAt < patience)
    if (attempt.phase.kind !== 'ready' || !built(state, attempt) || blocked) continue
    attempt.phase = { kind: 'given' }
    busy = true
    effects.push({ kind: 'run', attempt })
  }
}

/** What waits for its build holds up nobody. */
function built(state: State, attempt: Attempt): boolean {
  return isBuild(attempt) || state.builds.get(attempt.work.uid)?.kind === 'built'
}
