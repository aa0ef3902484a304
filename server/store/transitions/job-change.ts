// What transitions tell about jobs: the core keeps its counters and ready queues by these and nothing else.
import type { JobId, JobsetId, NodeId } from '../../../shared/model/ids.ts'
import type { JobState } from '../../../shared/model/job.ts'

export interface JobChange {
  readonly jobset: JobsetId
  readonly job: JobId
  readonly from: JobState
  readonly to: JobState
  /** class of its demand, of a job that is ready now (job-class.ts) */
  readonly demand?: number
  /** of a job that is tried again: ms until it may, and the node that comes last in the choice */
  readonly again?: { readonly afterMs: number; readonly avoid: NodeId }
}
