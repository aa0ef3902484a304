// The build of a place (place.ts): at most one at a time; jobs that need it wait for it.
//
//   (none) --order--> building --good--> built        a new order while built: answered `reused`
//      ^________________|  failed, stopped, lost: waiting jobs go back, the workspace goes, the next order starts afresh
import { finish, giveBack } from './finish.ts'
import { placeFor } from './refusal.ts'
import { type Effects, newAttempt, type State, take } from './state.ts'
import { type Attempt, isBuild, type Place, type Result, type Work } from './work.ts'

type BuildOrder = Extract<Work, { kind: 'build' }>

/** The head ordered a build. The same id again is the same build; one ordered while another is being made waits for its end. */
export function orderBuild(state: State, work: BuildOrder, now: number, effects: Effects): void {
  if (state.attempts.has(work.id)) return
  const place = placeFor(state, work)
  if (typeof place === 'object') {
    effects.push({ kind: 'tell_returned', id: work.id, reason: place.refusal })
    return
  }
  const attempt = newAttempt(work, place, now)
  take(state, attempt)
  if (state.builds.get(place)?.kind !== 'building') start(state, attempt, now, effects)
}

function start(state: State, attempt: Attempt, now: number, effects: Effects): void {
  const { place } = attempt
  const { id } = attempt.work
  if (state.builds.has(place)) {
    effects.push({ kind: 'tell_build', id, at: null, reused: true })
    finish(state, attempt, builtAlready, null, now, effects)
    return
  }
  state.builds.set(place, { kind: 'building', id })
  effects.push({ kind: 'stage', attempt })
}

/** Nothing had to run: there is no build file, or the build is here already. */
export const builtAlready: Result = {
  outcome: { kind: 'succeeded' },
  started: true,
  startedAt: 0,
  usage: null,
  body: { kind: 'none' },
  notices: [],
  trial: null,
}

/** What follows from builds that ended: jobs that waited may be given, or go back to the head. */
export function settleBuilds(state: State, now: number, effects: Effects): void {
  for (let ended = state.endedBuilds.shift(); ended !== undefined; ended = state.endedBuilds.shift()) {
    const build = state.builds.get(ended.place)
    if (build?.kind !== 'building' || build.id !== ended.id) continue
    if (ended.good) state.builds.set(ended.place, { kind: 'built', id: ended.id })
    else failed(state, ended.place, effects)
    for (const next of [...state.attempts.values()]) {
      const waits = isBuild(next) && next.place === ended.place && next.phase.kind === 'staging'
      if (waits && state.builds.get(ended.place)?.kind !== 'building') start(state, next, now, effects)
    }
  }
}

/** Jobs that waited for it never started: they go back to the head. */
function failed(state: State, place: Place, effects: Effects): void {
  state.builds.delete(place)
  for (const attempt of [...state.attempts.values()]) {
    const waiting = attempt.phase.kind === 'staging' || attempt.phase.kind === 'ready'
    if (attempt.place === place && waiting && !isBuild(attempt)) giveBack(state, attempt, 'build failed', effects)
  }
  effects.push({ kind: 'remove_workspace', place })
}
