// Large results on their way over HTTP: the Finished message follows the bytes.
import type { AttemptId } from '../../shared/model/ids.ts'
import type { Effects, State } from './state.ts'
import { isBuild, type Result } from './work.ts'

/** All bytes are at the head. Without a session the head asks again, and finds nothing missing. */
export function shipped(state: State, id: AttemptId, effects: Effects): void {
  tell(state, id, (result) => result, effects)
}

/** The session ended before all was there. */
export function shipPaused(state: State, id: AttemptId): void {
  const attempt = state.attempts.get(id)
  if (attempt?.phase.kind === 'finished' && attempt.phase.delivery === 'shipping') attempt.phase = { ...attempt.phase, delivery: 'held' }
}

/** The head will never take it: the attempt is reported as failed, with the reason, so that it does not try for ever. */
export function refused(state: State, id: AttemptId, reason: string, effects: Effects): void {
  const notice = `the head refused the results: ${reason}`
  tell(state, id, (result) => refusedResult(result, notice), effects)
}

function refusedResult(result: Result, notice: string): Result {
  const outcome = result.outcome.kind === 'succeeded' ? ({ kind: 'stage_failed', reason: notice } as const) : result.outcome
  return { ...result, outcome, body: { kind: 'none' }, notices: [...result.notices, notice] }
}

function tell(state: State, id: AttemptId, change: (result: Result) => Result, effects: Effects): void {
  const attempt = state.attempts.get(id)
  if (attempt?.phase.kind !== 'finished' || attempt.phase.delivery !== 'shipping') return
  const { phase } = attempt
  if (!state.online) {
    attempt.phase = { ...phase, delivery: 'held' }
    return
  }
  const result = change(phase.result)
  attempt.phase = { ...phase, delivery: 'sent' }
  effects.push({ kind: 'tell_finished', id, build: isBuild(attempt), result })
}
