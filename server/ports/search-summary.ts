// How far a search is, kept in its row after every step: what people ask for needs no replay.
import type { TrialCounts } from '../../shared/model/trial.ts'
import type { Scored } from '../../shared/search/best.ts'
import { type Closing, newState, plannedTrials, type Search, type SearchState, totalTrials } from '../../shared/search/search-state.ts'
import type { SearchStand } from '../core/state.ts'

export interface SearchProblem {
  readonly message: string
  readonly hint: string | null
}

export interface SearchSummary {
  readonly closing: Closing | null
  /** trials that it will have; `planned`: that it would have had without a stop */
  readonly total: number
  readonly planned: number
  /** asked, queued or running */
  readonly open: number
  readonly counts: TrialCounts
  readonly best: Scored | null
  readonly front: readonly number[]
  /** seq of the last event, -1 = none */
  readonly revision: number
}

/** What the end of its jobset follows from: stopped by a person it ends well, else with a trial that reported. */
export function standOf({ closing, counts, planned }: SearchSummary, done: boolean, problem: SearchProblem | null): SearchStand {
  const good = closing !== 'failed' && (closing === 'stopped' || counts.reported > 0)
  const reason =
    problem?.message ??
    (closing === 'failed' ? 'a trial ended without a result, and on_failure is stop' : good ? null : 'no trial reported')
  return { open: !done, good, planned, reason: done ? reason : null }
}

export function summaryOf(search: Search, state: SearchState, revision: number): SearchSummary {
  const { closing, open, counts, best, front } = state
  return {
    closing,
    total: totalTrials(search, state),
    planned: plannedTrials(search, state.blocks),
    open: open.size,
    counts,
    best: search.spec.metrics.length === 0 ? null : best,
    front: front.map(({ trial }) => trial),
    revision,
  }
}

/** Of a search that has not begun. */
export function noSummary(search: Search): SearchSummary {
  return summaryOf(search, newState(search), -1)
}
