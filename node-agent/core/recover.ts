// A keeper's inventory meets what the core believes of its slot: after a start (nothing is believed yet), and after the
// launcher or the keeper went away and came back. Nothing is given to a keeper before it answered; other slots notice nothing.
import type { HeldAttempt, Inventory } from './event.ts'
import { drop, finish, giveBack, unstarted } from './finish.ts'
import { exited, inKeeper, moved, started, unstartable } from './keeper-work.ts'
import { kill } from './kill.ts'
import { type Effects, leaving, lineUp, newAttempt, type State } from './state.ts'
import type { Attempt } from './work.ts'

export function recover(state: State, slot: number, inventory: Inventory, now: number, effects: Effects): void {
  const seen = new Set<string>()
  for (const ended of inventory.ended) {
    seen.add(ended.id)
    adopt(state, slot, ended, now)
    if (ended.end.kind === 'exit') exited(state, ended.id, ended.end.exit, ended.startedAt, now, effects)
    else unstartable(state, ended.id, ended.end.reason, ended.end.again, now, effects)
  }
  const { running } = inventory
  if (running !== null) {
    seen.add(running.id)
    adopt(state, slot, running, now)
    started(state, running.id, running.at, effects)
    if (running.moved) moved(state, running.id, effects)
  }
  for (const waiting of inventory.queue) {
    seen.add(waiting.id)
    adopt(state, slot, waiting, now)
  }
  state.ready.add(slot)
  for (const attempt of [...state.attempts.values()]) {
    if (attempt.work.slot !== slot || !inKeeper(attempt)) continue
    if (!seen.has(attempt.work.id)) vanished(state, attempt, now, effects)
    else if (attempt.killed !== null || state.stopping !== null) kill(attempt, attempt.killed ?? 'kill', effects)
    else if (state.draining !== null && attempt.phase.kind === 'given') effects.push({ kind: 'drop', id: attempt.work.id, slot })
  }
  lineUp(state)
}

function adopt(state: State, slot: number, held: HeldAttempt, now: number): void {
  if (state.attempts.has(held.id)) return
  const attempt = newAttempt({ kind: 'adopted', id: held.id, uid: held.uid, build: held.build, slot }, held.place, now)
  attempt.phase = { kind: 'given' }
  state.attempts.set(held.id, attempt)
  if (held.build && !state.builds.has(held.place)) state.builds.set(held.place, { kind: 'building', id: held.id })
}

/** The keeper does not know it. Without a start record it never ran: it is given again, unless nobody wants it. */
function vanished(state: State, attempt: Attempt, now: number, effects: Effects): void {
  if (attempt.phase.kind === 'running') {
    const outcome = { kind: 'lost', reason: 'its keeper has no record of it any more' } as const
    const seen = { started: true, startedAt: attempt.phase.at, usage: null } as const
    const result = { ...unstarted(outcome), ...seen }
    if (attempt.condemned) drop(state, attempt, effects)
    else finish(state, attempt, result, null, now, effects)
  } else if (attempt.condemned) drop(state, attempt, effects)
  else if (attempt.killed !== null || attempt.order !== null || leaving(state) || attempt.work.kind === 'adopted')
    giveBack(state, attempt, 'taken back', effects)
  else if (attempt.folder) {
    // what was prepared for it may have been moved to its place already, and went with the keeper's next look at the workspace
    attempt.phase = { kind: 'staging' }
    effects.push({ kind: 'stage', attempt })
  } else attempt.phase = { kind: 'ready' }
}
