// What a word means to the commands that change things (kill, retry, release …): a pattern may name several jobsets, or
// several jobs of them. Without a pattern it is one target, as for every command.
import type { JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { Context, Stakes } from '../context.ts'
import { jobsetLabel } from '../render/labels.ts'
import { findJobsetsAt, lastJobset } from './find-jobsets.ts'
import { matchingJobs } from './matching-jobs.ts'
import { onlyJobset, resolveJob, resolveTarget } from './resolve-target.ts'
import { parseSelector } from './selector.ts'
import { hasWildcard } from './wildcard.ts'

export interface Targets {
  readonly jobset: JobsetReply
  /** names of jobs; null = the whole jobset */
  readonly jobs: readonly string[] | null
  /** for messages: `anna/sweep`, `anna/sweep/job_1`, `anna/sweep/job_* (12 jobs)` */
  readonly label: string
}

/** At least one; throws `not_found`, `ambiguous` or `usage`. */
export async function resolveTargets(context: Context, stakes: Stakes, text: string): Promise<Targets[]> {
  if (!hasWildcard(text)) {
    const target = await resolveTarget(context, stakes, text, 'either')
    if (target.job === null) return [whole(target.jobset)]
    const { name } = await resolveJob(context, stakes, target)
    return [{ jobset: target.jobset, jobs: [name], label: `${jobsetLabel(target.jobset)}/${name}` }]
  }
  const head = await context.head()
  const find = findJobsetsAt(context, head, stakes)
  const selector = parseSelector(text)
  switch (selector.kind) {
    case 'last': {
      const jobset = await lastJobset(context, head, stakes)
      return withJobs(context, jobset === null ? [] : [jobset], selector.job ?? '', text)
    }
    case 'batch':
      return some(await find({ batch: selector.batch }), text).map(whole)
    case 'triple':
      return withJobs(context, await find({ namespace: selector.namespace, batch: selector.batch }), selector.job, text)
    case 'pair': {
      const { first, second } = selector
      const jobsets = await find({ namespace: first, batch: second })
      if (jobsets.length > 0) return jobsets.map(whole)
      const batches = await find({ batch: first })
      return withJobs(context, hasWildcard(first) ? batches : [onlyJobset(batches, text)], second, text)
    }
  }
}

async function withJobs(context: Context, jobsets: readonly JobsetReply[], pattern: string, text: string): Promise<Targets[]> {
  const found: Targets[] = []
  for (const jobset of jobsets) {
    const jobs = (await matchingJobs(context, jobset, pattern)).map(({ name }) => name)
    if (jobs.length > 0) found.push({ jobset, jobs, label: `${jobsetLabel(jobset)}/${pattern}` })
  }
  if (found.length > 0) return found
  throw new DistError('not_found', `nothing on this head fits ${text}`, { hint: 'see what there is with: dist status --all' })
}

function some(jobsets: readonly JobsetReply[], text: string): readonly JobsetReply[] {
  if (jobsets.length > 0) return jobsets
  throw new DistError('not_found', `no jobset on this head fits ${text}`, { hint: 'see what there is with: dist status --all' })
}

function whole(jobset: JobsetReply): Targets {
  return { jobset, jobs: null, label: jobsetLabel(jobset) }
}
