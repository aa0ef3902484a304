// Reads a jobset's jobs page by page. Used by `dist jobs` and the summary of `dist wait`.
import type { HeadClient } from '../../shared/api/client.ts'
import type { JobReply } from '../../shared/api/types.ts'
import type { JobState } from '../../shared/model/job.ts'
import type { Context } from '../context.ts'
import { hasWildcard, matchesWildcard } from './wildcard.ts'

const pageSize = 2000
/** the first page is small: somebody waits for it */
const firstPage = 500

export interface WantedJobs {
  /** null = in any state */
  readonly state: JobState | null
  /** null = of any name */
  readonly pattern?: string | null
  /** at most so many */
  readonly limit: number
  /** gets them as they come */
  readonly onPage?: (jobs: readonly JobReply[]) => void
}

/** Jobs in file order. */
export async function listJobs(
  context: Context,
  head: HeadClient,
  jobset: number,
  { state, pattern = null, limit, onPage = () => undefined }: WantedJobs,
): Promise<{ readonly jobs: JobReply[]; readonly more: boolean }> {
  const found: JobReply[] = []
  const wanted = pattern === null ? {} : hasWildcard(pattern) ? null : { name: pattern }
  for (let after = -1; ; ) {
    const most = after === -1 ? firstPage : pageSize
    const room = wanted === null ? most : Math.min(most, limit - found.length)
    const page = { after, limit: room, ...(state === null ? {} : { state }), ...wanted }
    const reply = await context.patiently('look', () => head.jobs(jobset, page, context.signal))
    const fitting = wanted === null ? reply.jobs.filter(({ name }) => matchesWildcard(pattern ?? '*', name)) : reply.jobs
    const cut = found.length + fitting.length > limit
    const taken = fitting.slice(0, limit - found.length)
    found.push(...taken)
    onPage(taken)
    if (cut) return { jobs: found, more: true }
    if (!reply.more || reply.jobs.length === 0) return { jobs: found, more: false }
    if (found.length >= limit) return { jobs: found, more: true }
    after = reply.jobs.at(-1)?.index ?? after
  }
}
