// Jobs as the routes of results and logs read them. Implemented by store/reads.
import type { JobId, JobsetId } from '../../shared/model/ids.ts'
import type { JobState } from '../../shared/model/job.ts'
import type { Manifest } from '../../shared/model/manifest.ts'

export interface JobFacts {
  readonly id: JobId
  readonly jobset: JobsetId
  readonly name: string
  /** current attempt */
  readonly attempt: string | null
  readonly committed: string | null
}

export interface CommittedResult {
  readonly job: number
  readonly index: number
  readonly name: string
  /** empty when the files were removed */
  readonly manifest: Manifest
  readonly removed: boolean
}

/** An attempt that is not the job's result, and of which something is kept. */
export interface KeptAttempt extends Omit<CommittedResult, 'removed'> {
  readonly attempt: string
  /** its number, or its id when it never started */
  readonly mark: string
}

export interface ResultPage {
  /** index of the job seen last, -1 = from the start */
  readonly after: number
  readonly limit: number
  readonly state?: JobState | undefined
  readonly name?: string | undefined
  /** only jobs with a commit after this event; null = all */
  readonly since: number | null
}

export interface JobReads {
  find(job: JobId): JobFacts | undefined
  /** attempt by the number that people see; undefined when none started under it */
  attemptByNumber(job: JobId, number: number): string | undefined
  /** whether the attempt is one of the job's */
  isAttempt(job: JobId, attempt: string): boolean
  /** the attempt claimed last, for a job that waits again */
  lastAttempt(job: JobId): string | undefined
  /** A page also ends when its manifests get large. */
  results(jobset: JobsetId, page: ResultPage): { results: CommittedResult[]; more: boolean }
  /** As `results`; `limit` counts jobs, all attempts of one come together. */
  keptAttempts(jobset: JobsetId, page: Pick<ResultPage, 'after' | 'limit'>): { attempts: KeptAttempt[]; more: boolean }
}
