// A search in memory while it goes on: the machine of shared/search, and what the head keeps beside it. All of it is a function
// of the spec, the seed and the events so far, so a head that starts again has the very same. Pure.

import type { JobsetId } from '../../shared/model/ids.ts'
import type { InputFile } from '../../shared/model/jobset.ts'
import type { SearchSpec } from '../../shared/model/search.ts'
import { newSearch, newState, type Search, type SearchState } from '../../shared/search/search-state.ts'
import { type SearchEffect, type SearchEvent, stepSearch } from '../../shared/search/search-step.ts'
import type { SearchAdvance, TrialStart } from '../ports/search-advance.ts'
import { type SearchProblem, summaryOf } from '../ports/search-summary.ts'
import type { SuggestEvent, TrialResult } from '../suggest/protocol.ts'
import { toEventRow } from './event-rows.ts'
import { toResult, toSuggestion } from './to-suggest.ts'
import { trialSpec } from './trial-spec.ts'

export interface SearchRun {
  readonly jobset: JobsetId
  readonly spec: SearchSpec<InputFile>
  readonly search: Search
  readonly state: SearchState
  /** number of the next event */
  seq: number
  /** of an outside algorithm: all that it was asked and told, in order */
  readonly history: SuggestEvent[]
  /** of these, results that its present process may not know */
  untold: TrialResult[]
  problem: SearchProblem | null
  notices: readonly string[]
}

/** Trials that are open at once, and bytes of their commands: one step makes the jobs of all. Part of what a history means: never to be changed. */
const mostOpen = 10_000
const mostOpenBytes = 64 << 20

/** Before its first event. */
export function newRun(jobset: JobsetId, spec: SearchSpec<InputFile>, seed: number): SearchRun {
  const bytes = 1000 + (spec.command?.length ?? 0)
  const most = Math.max(1, Math.min(mostOpen, Math.floor(mostOpenBytes / bytes)))
  const search = newSearch({ ...spec, maxConcurrent: Math.min(spec.maxConcurrent, most) }, seed)
  return { jobset, spec, search, state: newState(search), seq: 0, history: [], untold: [], problem: null, notices: [] }
}

/** One event of the history, whose effects are in the rows already. */
export function replayEvent(run: SearchRun, event: SearchEvent): void {
  step(run, event)
}

/** Takes the events, in order, and says what has to be written. Changes `run`. */
export function advance(run: SearchRun, events: readonly SearchEvent[], by: string | null): SearchAdvance {
  const { jobset, search, state, spec } = run
  const before = askedTrials(run)
  const { seq } = run
  const starts = new Map<number, TrialStart>()
  const cancels = new Set<number>()
  let goesOn = false
  for (const event of events) {
    for (const effect of step(run, event)) {
      if (effect.kind === 'start') {
        const job = trialSpec(spec, effect.trial, effect.params)
        starts.set(effect.trial, { number: effect.trial, run: effect.run, name: job.name, spec: JSON.stringify(job) })
      } else if (effect.kind === 'cancel') cancels.add(effect.trial)
    }
    if (event.kind === 'extended' || event.kind === 'retry_failed') goesOn = true
  }
  const after = new Set(askedTrials(run))
  const known = new Set(before)
  const reopened = goesOn && state.closing === null
  if (reopened) run.problem = null
  return {
    jobset,
    seq,
    events: events.map(toEventRow),
    starts: [...starts.values()],
    cancels: [...cancels],
    asked: [...after].filter((trial) => !known.has(trial)),
    takenBack: before.filter((trial) => !after.has(trial)),
    summary: summaryOf(search, state, run.seq - 1),
    done: state.done,
    notices: run.notices,
    problem: run.problem,
    reopened,
    samples: events.reduce((sum, event) => (event.kind === 'extended' ? sum + event.samples : sum), 0),
    by,
  }
}

/** Asked of the algorithm and not answered, in the order of the asks. */
export function askedTrials({ search, state }: SearchRun): readonly number[] {
  return search.learns ? [...state.open].flatMap(([trial, { params }]) => (params === null ? [trial] : [])) : []
}

function step(run: SearchRun, event: SearchEvent): readonly SearchEffect[] {
  const { search, state, history } = run
  const waited = event.kind === 'suggested' && state.open.get(event.trial)?.params === null
  // whether a run failed is known, and it is final: the tries are those of its job
  const final = event.kind === 'ended' && event.end.kind !== 'reported' ? { ...event, end: { ...event.end, retry: null } } : event
  const effects = stepSearch(search, state, final)
  run.seq++
  if (waited) history.push({ ask: [toSuggestion(run.spec, event.trial, event.params)], n: 1 })
  for (const effect of effects) {
    if (effect.kind !== 'tell') continue
    const result = toResult(search.spec, effect, state.ended.get(effect.trial))
    history.push({ tell: [result] })
    run.untold.push(result)
  }
  return effects
}
