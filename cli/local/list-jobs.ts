// Reads a jobset's jobs page by page. Used by `dist jobs` and the summary of `dist wait`.
import type { HeadClient } from '../../shared/api/client.ts'
import type { JobReply } from '../../shared/api/types.ts'
import type { JobState } from '../../shared/model/job.ts'
import type { Context } from '../context.ts'

const pageSize = 2000
/** the first page is small: somebody waits for it */
const firstPage = 500

/** Up to `limit` jobs in file order; `state` null = all. `onPage` gets them as they come. */
export async function listJobs(
  context: Context,
  head: HeadClient,
  jobset: number,
  state: JobState | null,
  limit: number,
  onPage: (jobs: readonly JobReply[]) => void = () => undefined,
): Promise<{ readonly jobs: JobReply[]; readonly more: boolean }> {
  const found: JobReply[] = []
  for (;;) {
    const page = {
      after: found.at(-1)?.index ?? -1,
      limit: Math.min(found.length === 0 ? firstPage : pageSize, limit - found.length),
      ...(state === null ? {} : { state }),
    }
    const reply = await context.patiently('look', () => head.jobs(jobset, page, context.signal))
    found.push(...reply.jobs)
    onPage(reply.jobs)
    if (!reply.more || reply.jobs.length === 0) return { jobs: found, more: false }
    if (found.length >= limit) return { jobs: found, more: true }
  }
}
