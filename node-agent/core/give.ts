// Gives what is ready to the keeper of its slot, which queues it: in the order in which the head gave it. A job whose inputs
// are still on their way holds up the ones behind it in its slot, but never an idle keeper for longer than `patience`.
import { inKeeper } from './keeper-work.ts'
import { type Effects, leaving, type State } from './state.ts'
import { type Attempt, isBuild } from './work.ts'

/** ms that an idle keeper waits for inputs of the next job before it is given a later one */
const patience = 1000

/** Called after every event: whatever may have made something ready, or a keeper idle. Looks only at what waits. */
export function giveReady(state: State, now: number, effects: Effects): void {
  if (state.waiting.size === 0 || leaving(state)) return
  const blocked = new Set<number>()
  let busy: Set<number> | null = null
  for (const attempt of state.waiting) {
    const { kind } = attempt.phase
    const { id, slot } = attempt.work
    if ((kind !== 'staging' && kind !== 'ready') || state.attempts.get(id) !== attempt) {
      state.waiting.delete(attempt)
      continue
    }
    if (!built(state, attempt)) continue
    if (kind === 'staging') {
      if (isBuild(attempt) || blocked.has(slot)) continue
      const patient = now - attempt.takenAt < patience
      if (!patient) busy ??= busySlots(state)
      if (patient || busy?.has(slot) === true) blocked.add(slot)
    } else if (state.ready.has(slot) && !blocked.has(slot)) {
      attempt.phase = { kind: 'given' }
      state.waiting.delete(attempt)
      busy?.add(slot)
      effects.push({ kind: 'run', attempt })
    }
  }
}

function busySlots(state: State): Set<number> {
  const busy = new Set<number>()
  for (const attempt of state.attempts.values()) if (inKeeper(attempt)) busy.add(attempt.work.slot)
  return busy
}

/** What waits for its build holds up nobody. */
function built(state: State, attempt: Attempt): boolean {
  return isBuild(attempt) || state.builds.get(attempt.place)?.kind === 'built'
}
