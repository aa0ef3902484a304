// A step of a search on its way into the store (transitions/advance-search.ts).
import type { JobsetId } from '../../shared/model/ids.ts'
import type { SearchProblem, SearchSummary } from './search-summary.ts'

/** A trial whose job is made, or run again. */
export interface TrialStart {
  readonly number: number
  readonly run: number
  /** of the job; `spec`: JSON of its JobSpec */
  readonly name: string
  readonly spec: string
}

/** An event of the history. `body`: JSON of what search-step.ts takes beyond kind and trial; null = nothing */
export interface EventRow {
  readonly kind: string
  readonly trial: number | null
  readonly body: string | null
}

export interface SearchAdvance {
  readonly jobset: JobsetId
  /** of the first event; each has the next number */
  readonly seq: number
  readonly events: readonly EventRow[]
  readonly starts: readonly TrialStart[]
  /** numbers of trials whose jobs are cancelled */
  readonly cancels: readonly number[]
  /** numbers of trials whose values were asked for, and of those that are not waited for any more */
  readonly asked: readonly number[]
  readonly takenBack: readonly number[]
  readonly summary: SearchSummary
  readonly done: boolean
  readonly notices: readonly string[]
  readonly problem: SearchProblem | null
  /** somebody let it go on, whether it was over or not: builds that failed are forgiven, its jobset is active */
  readonly reopened: boolean
  /** samples that joined it; 0 = none */
  readonly samples: number
  /** who extended it, ran it again or stopped it; null = nobody */
  readonly by: string | null
}
