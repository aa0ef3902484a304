// Searches as the loop tells of them, and as the routes ask about them. Implemented by search/.
import type { SearchReply, TrialsReply } from '../../shared/api/types.ts'
import type { SearchParam } from '../../shared/model/domain.ts'
import type { JobId, JobsetId } from '../../shared/model/ids.ts'

/** What the loop tells. */
export interface SearchListener {
  /** A jobset is in the core, perhaps for the first time. */
  opened(jobset: JobsetId): void
  /** Jobs of trials are final, or (`jobs` empty) all of the jobset was cancelled. */
  ended(jobset: JobsetId, jobs: readonly JobId[]): void
  /** The core was loaded again: what was on its way is in the rows, or it never was. */
  reloaded(): void
}

export interface TrialsFilter {
  /** number of the trial seen last, -1 = from the start */
  readonly after: number
  /** those that ended after this revision, in the order of their ends */
  readonly since?: number | undefined
  readonly limit: number
}

/** All throw `no_search` where the jobset has none. */
export interface SearchPort {
  has(jobset: JobsetId): boolean
  search(jobset: JobsetId): SearchReply
  space(jobset: JobsetId): readonly SearchParam[]
  trials(jobset: JobsetId, filter: TrialsFilter): TrialsReply
  /** The rest is durable when it resolves. `by`: who wants it. */
  extend(jobset: JobsetId, samples: number, by: string): Promise<void>
  stop(jobset: JobsetId, cancel: boolean, by: string): Promise<void>
  /** Number of trials that are run again. */
  retry(jobset: JobsetId, by: string): Promise<number>
}
