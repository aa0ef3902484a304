// What the keeper and our own staging report about attempts. Reports come at least once: what is known already, or
// not known at all, changes nothing.
import type { AttemptId } from '../../shared/model/ids.ts'
import { builtAlready } from './build.ts'
import { close, drop, finish, giveBack, keep, unstarted } from './finish.ts'
import { type Effects, leaving, type State } from './state.ts'
import { type Attempt, type Exit, isBuild, nothingToBuild } from './work.ts'

export function started(state: State, id: AttemptId, at: number, effects: Effects): void {
  const attempt = state.attempts.get(id)
  if (attempt?.phase.kind !== 'given') return
  attempt.phase = { kind: 'running', at }
  if (isBuild(attempt)) effects.push({ kind: 'tell_build', id, at, reused: false })
  else effects.push({ kind: 'tell_started', id, at })
  if (attempt.order === 'drop') attempt.order = null
}

/**
 * Nothing is given to it any more. A trial that waits is staged again: it may be the launcher that went, and with it what the
 * trial's job would connect to.
 */
export function keeperGone(state: State, slot: number, effects: Effects): void {
  state.ready.delete(slot)
  for (const attempt of state.waiting) {
    const { work, phase } = attempt
    if (work.slot !== slot || phase.kind !== 'ready' || work.kind !== 'job' || work.trial === null) continue
    attempt.phase = { kind: 'staging' }
    effects.push({ kind: 'stage', attempt })
  }
}

/** Its output has a file of its own now, which can be followed. */
export function moved(state: State, id: AttemptId, effects: Effects): void {
  const attempt = state.attempts.get(id)
  if (attempt === undefined || (attempt.phase.kind !== 'given' && attempt.phase.kind !== 'running')) return
  attempt.folder = true
  effects.push({ kind: 'follow', id })
}

export function exited(state: State, id: AttemptId, exit: Exit, startedAt: number, now: number, effects: Effects): void {
  const attempt = state.attempts.get(id)
  if (attempt !== undefined && inKeeper(attempt)) close(state, attempt, exit, startedAt, now, effects)
}

/** The keeper could not stage or start it. `again`: the trouble is this node's (a full disk); the attempt goes back. */
export function unstartable(state: State, id: AttemptId, reason: string, again: boolean, now: number, effects: Effects): void {
  const attempt = state.attempts.get(id)
  if (attempt === undefined || !inKeeper(attempt)) return
  if (attempt.condemned) drop(state, attempt, effects)
  else if (again) handBack(state, attempt, reason, effects)
  else finish(state, attempt, unstarted({ kind: 'stage_failed', reason }), null, now, effects)
}

/** The keeper took it back: it never started. */
export function dropped(state: State, id: AttemptId, effects: Effects): void {
  const attempt = state.attempts.get(id)
  if (attempt?.phase.kind !== 'given') return
  if (attempt.condemned) drop(state, attempt, effects)
  else giveBack(state, attempt, leaving(state) ? 'agent stopping' : 'taken back', effects)
}

/** Inputs are here (of a build: the workspace is laid out). */
export function staged(state: State, id: AttemptId, folder: boolean, lent: Uint8Array | null, effects: Effects): void {
  const attempt = state.attempts.get(id)
  if (attempt?.phase.kind !== 'staging') return
  attempt.folder = folder
  attempt.phase = { kind: 'ready' }
  const jobset = state.jobsets.get(attempt.work.uid)
  if (isBuild(attempt) && lent !== null) {
    effects.push({ kind: 'tell_build', id, at: null, reused: true })
    keep(attempt, { ...builtAlready, body: { kind: 'small', output: lent, files: [], folders: [] } }, null, effects)
  } else if (isBuild(attempt) && jobset !== undefined && nothingToBuild(jobset)) {
    effects.push({ kind: 'tell_build', id, at: null, reused: false })
    keep(attempt, builtAlready, null, effects)
  }
}

/** `again`: the trouble is this node's (a full disk); the attempt goes back. */
export function stageFailed(state: State, id: AttemptId, reason: string, again: boolean, now: number, effects: Effects): void {
  const attempt = state.attempts.get(id)
  if (attempt?.phase.kind !== 'staging') return
  if (again) handBack(state, attempt, reason, effects)
  else finish(state, attempt, unstarted({ kind: 'stage_failed', reason }), null, now, effects)
}

/** A good build is written down, or could not be. */
export function buildKept(state: State, id: AttemptId, problem: string | null, now: number, effects: Effects): void {
  const attempt = state.attempts.get(id)
  if (attempt?.phase.kind !== 'keeping') return
  const { result, exit } = attempt.phase
  if (attempt.condemned) drop(state, attempt, effects)
  else if (problem === null) finish(state, attempt, result, exit, now, effects)
  else finish(state, attempt, { ...result, outcome: { kind: 'stage_failed', reason: problem } }, exit, now, effects)
}

/** First the head is told that this node takes nothing now, or the attempt would come back at once. */
function handBack(state: State, attempt: Attempt, reason: string, effects: Effects): void {
  effects.push({ kind: 'disk_full' })
  giveBack(state, attempt, reason, effects)
}

export function inKeeper(attempt: Attempt): boolean {
  return attempt.phase.kind === 'given' || attempt.phase.kind === 'running'
}
