// What a frame of the head brings: verdicts and orders first (they make room), then jobsets, builds and jobs.
import type { AttemptId } from '../../shared/model/ids.ts'
import { orderBuild } from './build.ts'
import type { HeadWork, VerdictKind } from './event.ts'
import { answerOrder, deliver, drop, forgetUnknown, giveBack } from './finish.ts'
import { kill } from './kill.ts'
import { placeFor } from './refusal.ts'
import { type Effects, newAttempt, type State, take } from './state.ts'
import type { Attempt, Work } from './work.ts'

export function takeHeadWork(state: State, work: HeadWork, now: number, effects: Effects): void {
  for (const verdict of work.verdicts) obeyVerdict(state, verdict.id, verdict.kind, effects)
  for (const order of work.orders) obeyOrder(state, order.id, order.kind, effects)
  for (const jobset of work.jobsets) state.jobsets.set(jobset.uid, jobset)
  for (const build of work.builds) orderBuild(state, build, now, effects)
  for (const job of work.jobs) takeJob(state, job, now, effects)
  if (work.builds.length + work.jobs.length > 0) state.idle = false
  else if (work.idle) state.idle = true
}

function takeJob(state: State, work: Extract<Work, { kind: 'job' }>, now: number, effects: Effects): void {
  if (state.attempts.has(work.id)) return
  const place = placeFor(state, work)
  if (typeof place === 'object' || !state.builds.has(place)) {
    const reason = typeof place === 'object' ? place.refusal : 'the jobset is not built on this node'
    effects.push({ kind: 'tell_returned', id: work.id, reason })
    return
  }
  const attempt = newAttempt(work, place, now)
  take(state, attempt)
  effects.push({ kind: 'stage', attempt })
}

function obeyVerdict(state: State, id: AttemptId, verdict: VerdictKind, effects: Effects): void {
  const attempt = state.attempts.get(id)
  switch (verdict) {
    case 'keep':
    case 'send':
      if (attempt !== undefined) deliver(attempt, effects)
      // Forgotten by a verdict that was under way since the session before: the head must not wait for it.
      else effects.push({ kind: 'tell_stopped', id })
      return
    case 'stop':
      obeyOrder(state, id, 'stop', effects)
      if (attempt !== undefined) deliver(attempt, effects)
      return
    case 'forget':
      if (attempt === undefined) forgetUnknown(id, effects)
      else forget(state, attempt, effects)
  }
}

function forget(state: State, attempt: Attempt, effects: Effects): void {
  switch (attempt.phase.kind) {
    case 'staging':
    case 'ready':
    case 'finished':
      drop(state, attempt, effects)
      return
    case 'given':
    case 'running':
      attempt.condemned = true
      kill(attempt, 'cancel', effects)
      return
    default:
      attempt.condemned = true
  }
}

/**
 * `drop` takes back what has not started, `stop` ends it in any state. `stopped` says that nothing of it runs here any
 * more; a `drop` that came too late is answered by the result alone.
 */
function obeyOrder(state: State, id: AttemptId, order: 'drop' | 'stop', effects: Effects): void {
  const attempt = state.attempts.get(id)
  if (attempt === undefined) {
    effects.push({ kind: 'tell_stopped', id })
    return
  }
  if (attempt.order !== 'stop') attempt.order = order
  switch (attempt.phase.kind) {
    case 'staging':
    case 'ready':
      giveBack(state, attempt, 'taken back', effects)
      return
    case 'given':
      if (order === 'stop') kill(attempt, 'cancel', effects)
      else effects.push({ kind: 'drop', id, slot: attempt.work.slot })
      return
    case 'running':
      if (order === 'stop') kill(attempt, 'cancel', effects)
      else if (attempt.order === 'drop') attempt.order = null
      return
    case 'closing':
    case 'keeping':
      return
    case 'finished':
      answerOrder(attempt, effects)
  }
}
