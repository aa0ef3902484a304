// How an agent ends: it drains (what runs goes on, the rest goes back), then it stops (what runs is ended), then it waits
// a little for the last verdicts. Asked for by signals and by the head.
//
//   at work --drain--> draining --all is told--> done
//      |___stop___________|--deadline, stop--> stopping --nothing runs, all told or no patience left--> done
import { giveBack } from './finish.ts'
import { inKeeper } from './keeper-work.ts'
import { kill } from './kill.ts'
import type { Effects, State } from './state.ts'

/** ms: how long a stopping agent waits for verdicts, and for everything together. */
const patience = 3000
const latestStop = 16_000
const reason = 'agent stopping'

/** Asked twice, the earlier deadline counts. */
export function drain(state: State, ms: number | null, now: number, effects: Effects): void {
  if (state.stopping !== null) return
  const ends = [ms === null ? null : now + ms, state.draining?.until ?? null].filter((end) => end !== null)
  state.draining = { until: ends.length === 0 ? null : Math.min(...ends) }
  giveBackWaiting(state, effects)
  for (const attempt of state.attempts.values()) {
    // its keeper knows whether it runs already, and takes back only what does not
    if (attempt.phase.kind === 'given') effects.push({ kind: 'drop', id: attempt.work.id, slot: attempt.work.slot })
  }
}

/** What has not started goes back now, what runs is stopped first; the second time without grace. */
export function stopAll(state: State, now: number, effects: Effects): void {
  const again = state.stopping !== null
  if (state.stopping === null) {
    state.stopping = { latest: now + latestStop, patience: null }
    giveBackWaiting(state, effects)
  }
  for (const attempt of state.attempts.values()) if (inKeeper(attempt)) kill(attempt, 'kill', effects, again ? 0 : undefined)
}

function giveBackWaiting(state: State, effects: Effects): void {
  for (const attempt of [...state.attempts.values()]) {
    if (attempt.phase.kind === 'staging' || attempt.phase.kind === 'ready') giveBack(state, attempt, reason, effects)
  }
}

/** Called after every event: is it time to stop, or to leave? */
export function checkDone(state: State, now: number, effects: Effects): void {
  if (state.stopping === null && state.draining !== null) {
    const { until } = state.draining
    if (until !== null && now >= until) stopAll(state, now, effects)
    else {
      if (state.attempts.size === 0) done(state, 'everything is finished', effects)
      return
    }
  }
  if (state.stopping === null) {
    if (state.once && state.idle && state.attempts.size === 0) done(state, 'nothing left for this node', effects)
    return
  }
  const attempts = [...state.attempts.values()]
  const ending = attempts.some(({ phase }) => phase.kind !== 'finished')
  if (now >= state.stopping.latest) done(state, reason, effects)
  else if (ending) return
  else if (attempts.length === 0 || !state.online) done(state, reason, effects)
  else if (state.stopping.patience === null) state.stopping = { ...state.stopping, patience: now + patience }
  else if (now >= state.stopping.patience) done(state, reason, effects)
}

function done(state: State, why: string, effects: Effects): void {
  state.ended = true
  effects.push({ kind: 'done', reason: why })
}
