// Attempts of a job as people see them. Implemented by store/reads.
import type { AttemptReply } from '../../shared/api/types.ts'
import type { JobId } from '../../shared/model/ids.ts'

export interface AttemptReads {
  /** in the order in which nodes were given them */
  ofJob(job: JobId): AttemptReply[]
}
