// Reads a jobset's jobs page by page. Used by `dist jobs` and the summary of `dist wait`.
import type { HeadClient } from '../../shared/api/client.ts'
import type { JobReply } from '../../shared/api/types.ts'
import type { JobState } from '../../shared/model/job.ts'
import type { Context } from '../context.ts'
import { hasWildcard, matchesWildcard } from './wildcard.ts'

const pageSize = 2000

/** Up to `limit` jobs in file order; `state` null = all, `pattern` null = of any name. */
export async function listJobs(
  context: Context,
  head: HeadClient,
  jobset: number,
  state: JobState | null,
  limit: number,
  pattern: string | null = null,
): Promise<{ readonly jobs: JobReply[]; readonly more: boolean }> {
  const found: JobReply[] = []
  const wanted = pattern === null ? {} : hasWildcard(pattern) ? null : { name: pattern }
  for (let after = -1; ; ) {
    const room = wanted === null ? pageSize : Math.min(pageSize, limit - found.length)
    const page = { after, limit: room, ...(state === null ? {} : { state }), ...wanted }
    const reply = await context.patiently('look', () => head.jobs(jobset, page, context.signal))
    const fitting = wanted === null ? reply.jobs.filter(({ name }) => matchesWildcard(pattern ?? '*', name)) : reply.jobs
    const cut = found.length + fitting.length > limit
    found.push(...fitting.slice(0, limit - found.length))
    if (cut) return { jobs: found, more: true }
    if (!reply.more || reply.jobs.length === 0) return { jobs: found, more: false }
    if (found.length >= limit) return { jobs: found, more: true }
    after = reply.jobs.at(-1)?.index ?? after
  }
}
