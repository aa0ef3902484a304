// What transitions tell about jobs: the core keeps its counters and ready queues by these and nothing else.
import type { JobId, JobsetId } from '../../../shared/model/ids.ts'
import type { JobState } from '../../../shared/model/job.ts'

export interface JobChange {
  readonly jobset: JobsetId
  readonly job: JobId
  readonly from: JobState
  readonly to: JobState
}
