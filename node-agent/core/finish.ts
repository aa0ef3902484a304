// The end of an attempt: result made, told to the head, forgotten. Called by the report, build and verdict steps.
import type { AttemptId } from '../../shared/model/ids.ts'
import type { Outcome } from '../../shared/model/outcome.ts'
import type { Effects, State } from './state.ts'
import { outcomeOf } from './wait-status.ts'
import { type Attempt, type Exit, isBuild, type Left, type Result } from './work.ts'

/** It ran and ended: the result is gathered, or thrown away when nobody wants it any more. */
export function close(state: State, attempt: Attempt, exit: Exit, startedAt: number, now: number, effects: Effects): void {
  const { id } = attempt.work
  const outcome = outcomeOf(exit.status, exit.why, exit.outOfMemory)
  // an adopted one may have rules about what is shipped, or be a trial: that lies in its folder
  const { work } = attempt
  const looked = work.kind === 'adopted' || (work.kind === 'job' && (work.save !== null || work.trial !== null))
  const large = looked || exit.output === null || exit.files === null
  if (attempt.folder) effects.push({ kind: 'unfollow', id })
  attempt.folder ||= large
  if (attempt.condemned) {
    drop(state, attempt, effects)
    return
  }
  if (state.stopping !== null && exit.why === 'kill') {
    giveBack(state, attempt, 'agent stopping', effects)
    return
  }
  if (isBuild(attempt) && attempt.phase.kind !== 'running') effects.push({ kind: 'tell_build', id, at: startedAt, reused: false })
  attempt.phase = { kind: 'closing', exit, startedAt, outcome }
  if (looked || exit.output === null || exit.files === null) effects.push({ kind: 'collect', id, exit })
  else {
    const body = { kind: 'small', output: exit.output, files: exit.files, folders: exit.folders } as const
    gathered(state, attempt, { body, notices: exit.notices, problem: null, trial: null }, now, effects)
  }
}

/** What it left is known; a good build is written down before it is told. */
export function gathered(state: State, attempt: Attempt, left: Left, now: number, effects: Effects): void {
  if (attempt.phase.kind !== 'closing') return
  if (attempt.condemned) {
    drop(state, attempt, effects)
    return
  }
  const { exit, startedAt } = attempt.phase
  const { body, notices, problem, trial } = left
  const good = attempt.phase.outcome.kind === 'succeeded'
  const outcome: Outcome = good && problem !== null ? { kind: 'stage_failed', reason: problem } : attempt.phase.outcome
  const result: Result = { outcome, started: true, startedAt, usage: exit.usage, body, notices, trial }
  if (isBuild(attempt) && outcome.kind === 'succeeded') keep(attempt, result, exit, effects)
  else finish(state, attempt, result, exit, now, effects)
}

/** A build is good: its workspace is written down first. Answered by kept or keep_failed. */
export function keep(attempt: Attempt, result: Result, exit: Exit | null, effects: Effects): void {
  attempt.phase = { kind: 'keeping', result, exit }
  effects.push({ kind: 'keep_build', id: attempt.work.id, uid: attempt.work.uid, place: attempt.place })
}

/** The result stands; the head hears of it now when a session stands, else at the next inventory. */
export function finish(state: State, attempt: Attempt, result: Result, exit: Exit | null, now: number, effects: Effects): void {
  const large = result.body.kind === 'large'
  attempt.phase = { kind: 'finished', result, exit: large ? exit : null, since: now, synced: false, delivery: 'held' }
  if (state.online) deliver(attempt, effects)
  // an order to drop came too late: the result itself is the answer
  if (attempt.order === 'drop') attempt.order = null
  answerOrder(attempt, effects)
  if (isBuild(attempt)) state.endedBuilds.push({ place: attempt.place, id: attempt.work.id, good: result.outcome.kind === 'succeeded' })
}

/** Sends a finished result (again): small ones in the message, large ones after their bytes. */
export function deliver(attempt: Attempt, effects: Effects): void {
  const { phase } = attempt
  const { id } = attempt.work
  if (phase.kind !== 'finished' || phase.delivery === 'shipping') return
  if (phase.result.body.kind === 'large' && phase.exit !== null) {
    attempt.phase = { ...phase, delivery: 'shipping' }
    effects.push({ kind: 'ship', id, exit: phase.exit })
    return
  }
  attempt.phase = { ...phase, delivery: 'sent' }
  effects.push({ kind: 'tell_finished', id, build: isBuild(attempt), result: phase.result })
}

/** It never ran: inputs missing, or the keeper could not start it. */
export function unstarted(outcome: Outcome): Result {
  return { outcome, started: false, startedAt: 0, usage: null, body: { kind: 'none' }, notices: [], trial: null }
}

/** Hands an attempt back to the head's queue; nothing of it stays here. */
export function giveBack(state: State, attempt: Attempt, reason: string, effects: Effects): void {
  effects.push({ kind: 'tell_returned', id: attempt.work.id, reason })
  drop(state, attempt, effects)
}

/** Takes an attempt that is in no process out of everything. */
export function drop(state: State, attempt: Attempt, effects: Effects): void {
  const { id, slot } = attempt.work
  answerOrder(attempt, effects)
  if (attempt.phase.kind === 'staging' || attempt.phase.kind === 'ready') effects.push({ kind: 'unstage', id })
  else effects.push({ kind: 'forget', id, slot, folder: attempt.folder })
  state.attempts.delete(id)
  if (isBuild(attempt) && attempt.phase.kind !== 'finished') state.endedBuilds.push({ place: attempt.place, id, good: false })
}

export function answerOrder(attempt: Attempt, effects: Effects): void {
  if (attempt.order === null) return
  attempt.order = null
  effects.push({ kind: 'tell_stopped', id: attempt.work.id })
}

/** For ids that the core does not know: whatever is left of them on disk goes. */
export function forgetUnknown(id: AttemptId, effects: Effects): void {
  effects.push({ kind: 'forget', id, slot: null, folder: true })
}
