// What a word on the command line means at this head: one jobset, or one job of it. Used by every command that takes one X;
// those that may change several at once use resolve-targets.ts.
import type { JobReply, JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { Context, Stakes } from '../context.ts'
import { jobsetLabel } from '../render/labels.ts'
import { type FindJobsets, findJobsetsAt, lastJobset } from './find-jobsets.ts'
import { findJobsetFile, readJobsetName } from './jobset-file.ts'
import { matchingJobs } from './matching-jobs.ts'
import { parseSelector, type Selector } from './selector.ts'
import { hasWildcard } from './wildcard.ts'

export interface Target {
  readonly jobset: JobsetReply
  /** a job's name, or a pattern, when one was named; not looked up yet */
  readonly job: string | null
}

type Wanted = 'jobset' | 'job' | 'either'

/**
 * `text`: a selector, or a jobset file that exists; undefined = the jobset file of this folder.
 * `job` says whether the word may name one (`either`), must (`job`) or cannot (`jobset`).
 * Throws `not_found` or `ambiguous`, with what to write instead.
 */
export async function resolveTarget(context: Context, stakes: Stakes, text: string | undefined, wanted: Wanted): Promise<Target> {
  const head = await context.head()
  const find = findJobsetsAt(context, head, stakes)
  const file = text === undefined ? findJobsetFile(context.io.cwd) : findJobsetFile(context.io.cwd, text)
  if (file !== null) {
    const name = await readJobsetName(file)
    // what was last submitted from this file: sweep@2 rather than sweep
    const jobsets = (await find({ namespace: name.namespace, batch: name.batch, versions: true })).slice(0, 1)
    return { jobset: onlyJobset(jobsets, `${name.namespace}/${name.batch}`, `${file.shown} is not on this head`), job: null }
  }
  const selector = parseSelector(text ?? '')
  switch (selector.kind) {
    case 'last': {
      const jobset = await lastJobset(context, head, stakes)
      if (selector.job === null && wanted === 'job') throw needsJob('last')
      if (selector.job !== null && wanted === 'jobset') throw needsJobset(`last/${selector.job}`, 'last')
      return { jobset: onlyJobset(jobset === null ? [] : [jobset], 'last'), job: selector.job }
    }
    case 'batch':
      if (wanted === 'job') throw needsJob(selector.batch)
      return { jobset: onlyJobset(await find({ batch: selector.batch }), selector.batch), job: null }
    case 'triple': {
      const label = `${selector.namespace}/${selector.batch}`
      if (wanted === 'jobset') throw needsJobset(text ?? '', label)
      return { jobset: onlyJobset(await find({ namespace: selector.namespace, batch: selector.batch }), label), job: selector.job }
    }
    case 'pair':
      return resolvePair(selector, find, wanted)
  }
}

async function resolvePair({ first, second }: Extract<Selector, { kind: 'pair' }>, find: FindJobsets, wanted: Wanted): Promise<Target> {
  const label = `${first}/${second}`
  if (wanted !== 'job') {
    const jobsets = await find({ namespace: first, batch: second })
    if (jobsets.length > 0 || wanted === 'jobset') return { jobset: onlyJobset(jobsets, label), job: null }
  }
  const jobsets = await find({ batch: first })
  if (wanted === 'job' && jobsets.length === 0 && (await find({ namespace: first, batch: second })).length > 0) throw needsJob(label)
  return { jobset: onlyJobset(jobsets, wanted === 'job' ? first : label), job: second }
}

/** One job by name, or by a pattern that only one fits. */
export async function resolveJob(context: Context, stakes: Stakes, target: Target): Promise<JobReply> {
  const head = await context.head()
  const name = target.job ?? ''
  const label = jobsetLabel(target.jobset)
  const { jobs } = await context.patiently(stakes, () => head.jobs(target.jobset.id, { name, limit: 1 }, context.signal))
  const job = jobs.find((candidate) => candidate.name === name)
  if (job !== undefined) return job
  const fitting = hasWildcard(name) ? await matchingJobs(context, target.jobset, name) : []
  const [first, second] = fitting
  if (first !== undefined && second === undefined) return first
  if (first !== undefined) {
    const names = fitting.slice(0, 5).map((one) => one.name)
    throw new DistError('ambiguous', `${name} may be ${names.join(', ')}${fitting.length > 5 ? ', …' : ''}`, { hint: 'write more of it' })
  }
  throw new DistError('not_found', `${label} has no job ${JSON.stringify(name)}`, { hint: `list them with: dist jobs ${label}` })
}

/** The one; throws `not_found` or `ambiguous`. */
export function onlyJobset(jobsets: readonly JobsetReply[], label: string, detail?: string): JobsetReply {
  const [first, ...others] = jobsets
  if (first === undefined) {
    const message = detail === undefined ? `no jobset ${label} on this head` : `no jobset ${label}: ${detail}`
    throw new DistError('not_found', message, { hint: 'see what there is with: dist status --all' })
  }
  if (others.length > 0) {
    const names = jobsets.slice(0, 5).map(jobsetLabel).join(', ')
    const hint = hasWildcard(label) ? 'write more of it' : 'write the namespace too'
    throw new DistError('ambiguous', `${label} may be ${names}${jobsets.length > 5 ? ', …' : ''}`, { hint })
  }
  return first
}

function needsJob(label: string): DistError {
  return new DistError('usage', `${label} names a jobset; a job is wanted here`, {
    hint: `write ${label}/JOB; list them with: dist jobs ${label}`,
  })
}

function needsJobset(text: string, label: string): DistError {
  return new DistError('usage', `${text} names a job; a jobset is wanted here`, { hint: `write ${label}` })
}
