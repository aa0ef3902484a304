// The jobs of a jobset whose names fit a pattern, in file order.
import type { JobReply, JobsetReply } from '../../shared/api/types.ts'
import type { Context } from '../context.ts'
import { listJobs } from './list-jobs.ts'

export async function matchingJobs(context: Context, jobset: JobsetReply, pattern: string): Promise<JobReply[]> {
  return (await listJobs(context, await context.head(), jobset.id, { state: null, pattern, limit: Infinity })).jobs
}
