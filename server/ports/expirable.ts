// Which results a retention rule may remove. Implemented by store/reads.
import type { ResultRef } from '../store/transitions/remove-results.ts'

export interface Expirable {
  /** jobsets that ended before (wall ms), without those that an active jobset waits for */
  jobsets(before: number): number[]
  /** results of one that lie in their folders; `onlyBeside`: not what is the result of a job or of a build */
  results(jobset: number, onlyBeside: boolean): ResultRef[]
  /** marked by a run that did not come to its end */
  marked(): ResultRef[]
}
