// The agent's core: one event in, effects out. Pure: no clock (`now` is monotonic ms), no I/O. Called by loop/ only.
import { assertNever } from '../../shared/base/assert.ts'
import { settleBuilds } from './build.ts'
import type { Event } from './event.ts'
import { gathered } from './finish.ts'
import { giveReady } from './give.ts'
import { takeHeadWork } from './head-work.ts'
import { buildKept, dropped, exited, keeperGone, moved, staged, stageFailed, started, unstartable } from './keeper-work.ts'
import { checkDone, drain, stopAll } from './leave.ts'
import { evict } from './needed.ts'
import { recover } from './recover.ts'
import { refused, shipPaused, shipped } from './shipping.ts'
import type { Effects, State } from './state.ts'

/** ms: results that the head has not confirmed for this long are synced to disk. */
const syncAfter = 1000

/** Applies one event; the effects are to be carried out in order. */
export function step(state: State, event: Event, now: number): Effects {
  const effects: Effects = []
  if (state.ended) return effects
  apply(state, event, now, effects)
  settleBuilds(state, now, effects)
  giveReady(state, now, effects)
  checkDone(state, now, effects)
  return effects
}

function apply(state: State, event: Event, now: number, effects: Effects): void {
  switch (event.kind) {
    case 'opened':
      opened(state)
      break
    case 'closed':
      state.online = false
      break
    case 'head':
      takeHeadWork(state, event.work, now, effects)
      break
    case 'started':
      started(state, event.id, event.at, effects)
      break
    case 'moved':
      moved(state, event.id, effects)
      break
    case 'exited':
      exited(state, event.id, event.exit, event.startedAt, now, effects)
      break
    case 'unstartable':
      unstartable(state, event.id, event.reason, event.again, now, effects)
      break
    case 'dropped':
      dropped(state, event.id, effects)
      break
    case 'keeper_gone':
      keeperGone(state, event.slot, effects)
      break
    case 'inventory':
      recover(state, event.slot, event.inventory, now, effects)
      break
    case 'staged':
      staged(state, event.id, event.folder, event.lent ?? null, effects)
      break
    case 'stage_failed':
      stageFailed(state, event.id, event.reason, event.again, now, effects)
      break
    case 'kept':
      buildKept(state, event.id, null, now, effects)
      break
    case 'keep_failed':
      buildKept(state, event.id, event.reason, now, effects)
      break
    case 'collected': {
      const attempt = state.attempts.get(event.id)
      if (attempt !== undefined) gathered(state, attempt, event.left, now, effects)
      break
    }
    case 'shipped':
      shipped(state, event.id, effects)
      break
    case 'ship_paused':
      shipPaused(state, event.id)
      break
    case 'ship_refused':
      refused(state, event.id, event.reason, effects)
      break
    case 'evict':
      evict(state, event.uids, effects)
      break
    case 'slots':
      state.slots = event.slots
      break
    case 'synced':
      synced(state, event.ok)
      break
    case 'tick':
      tick(state, now, effects)
      break
    case 'drain':
      drain(state, event.ms, now, effects)
      break
    case 'stop':
      stopAll(state, now, effects)
      break
    default:
      assertNever(event)
  }
}

/** A new session: the inventory told all; finished results wait until the head asks for them. */
function opened(state: State): void {
  state.online = true
  state.idle = false
  for (const attempt of state.attempts.values()) {
    if (attempt.phase.kind === 'finished' && attempt.phase.delivery === 'sent') attempt.phase = { ...attempt.phase, delivery: 'held' }
  }
  const needed = new Set([...state.attempts.values()].map((attempt) => attempt.work.uid))
  for (const uid of state.jobsets.keys()) if (!needed.has(uid)) state.jobsets.delete(uid)
}

function tick(state: State, now: number, effects: Effects): void {
  if (state.syncing !== null) return
  for (const { phase } of state.attempts.values()) {
    if (phase.kind === 'finished' && !phase.synced && now - phase.since >= syncAfter) {
      state.syncing = now
      effects.push({ kind: 'sync' })
      return
    }
  }
}

/** A failed sync is tried again at the next tick. */
function synced(state: State, ok: boolean): void {
  const asked = state.syncing
  state.syncing = null
  if (asked === null || !ok) return
  for (const attempt of state.attempts.values()) {
    const { phase } = attempt
    if (phase.kind === 'finished' && phase.since <= asked) attempt.phase = { ...phase, synced: true }
  }
}
