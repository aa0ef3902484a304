// What a word on the command line means at this head: a jobset, or one job of it. Used by every command that takes X.
import type { HeadClient } from '../../shared/api/client.ts'
import type { JobReply, JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { Context, Stakes } from '../context.ts'
import { jobsetLabel } from '../render/labels.ts'
import { findJobsetFile, readJobsetName } from './jobset-file.ts'
import { parseSelector, type Selector } from './selector.ts'

export interface Target {
  readonly jobset: JobsetReply
  /** a job's name when one was named; not looked up yet */
  readonly job: string | null
}

/**
 * `text`: a selector, or a jobset file that exists; undefined = the jobset file of this folder.
 * `job` says whether the word may name one (`either`), must (`job`) or cannot (`jobset`).
 * Throws `not_found` or `ambiguous`, with what to write instead.
 */
export async function resolveTarget(
  context: Context,
  stakes: Stakes,
  text: string | undefined,
  wanted: 'jobset' | 'job' | 'either',
): Promise<Target> {
  const head = await context.head()
  const find = (query: { namespace?: string; batch: string; versions?: boolean }) =>
    context.patiently(stakes, () => head.findJobsets(query, context.signal))
  const file = text === undefined ? findJobsetFile(context.io.cwd) : findJobsetFile(context.io.cwd, text)
  if (file !== null) {
    const name = await readJobsetName(file)
    // what was last submitted from this file: sweep@2 rather than sweep
    const { jobsets } = await find({ ...name, versions: true })
    return { jobset: only(jobsets.slice(0, 1), `${name.namespace}/${name.batch}`, `${file.shown} is not on this head`), job: null }
  }
  const selector = parseSelector(text ?? '')
  switch (selector.kind) {
    case 'batch':
      if (wanted === 'job') throw needsJob(selector.batch)
      return { jobset: only((await find({ batch: selector.batch })).jobsets, selector.batch), job: null }
    case 'triple': {
      const label = `${selector.namespace}/${selector.batch}`
      if (wanted === 'jobset') throw new DistError('usage', `${text} names a job; a jobset is wanted here`, { hint: `write ${label}` })
      const { jobsets } = await find({ namespace: selector.namespace, batch: selector.batch })
      return { jobset: only(jobsets, label), job: selector.job }
    }
    case 'pair':
      return resolvePair(selector, find, wanted)
  }
}

type Find = (query: { namespace?: string; batch: string }) => ReturnType<HeadClient['findJobsets']>

async function resolvePair(
  selector: Extract<Selector, { kind: 'pair' }>,
  find: Find,
  wanted: 'jobset' | 'job' | 'either',
): Promise<Target> {
  const { first, second } = selector
  const label = `${first}/${second}`
  if (wanted !== 'job') {
    const { jobsets } = await find({ namespace: first, batch: second })
    if (jobsets.length > 0 || wanted === 'jobset') return { jobset: only(jobsets, label), job: null }
  }
  const { jobsets } = await find({ batch: first })
  if (wanted === 'job' && jobsets.length === 0 && (await find({ namespace: first, batch: second })).jobsets.length > 0)
    throw needsJob(label)
  return { jobset: only(jobsets, wanted === 'job' ? first : label), job: second }
}

/** One job by name. */
export async function resolveJob(context: Context, stakes: Stakes, target: Target): Promise<JobReply> {
  const head = await context.head()
  const name = target.job ?? ''
  const { jobs } = await context.patiently(stakes, () => head.jobs(target.jobset.id, { name, limit: 1 }, context.signal))
  const job = jobs.find((candidate) => candidate.name === name)
  if (job !== undefined) return job
  const label = jobsetLabel(target.jobset)
  throw new DistError('not_found', `${label} has no job ${JSON.stringify(name)}`, { hint: `list them with: dist jobs ${label}` })
}

function only(jobsets: readonly JobsetReply[], label: string, detail?: string): JobsetReply {
  const [first, ...others] = jobsets
  if (first === undefined) {
    const message = detail === undefined ? `no jobset ${label} on this head` : `no jobset ${label}: ${detail}`
    throw new DistError('not_found', message, { hint: 'see what there is with: dist status --all' })
  }
  if (others.length > 0) {
    const names = jobsets.slice(0, 5).map(jobsetLabel).join(', ')
    throw new DistError('ambiguous', `${label} may be ${names}${jobsets.length > 5 ? ', …' : ''}`, { hint: 'write the namespace too' })
  }
  return first
}

function needsJob(label: string): DistError {
  return new DistError('usage', `${label} names a jobset; a job is wanted here`, {
    hint: `write ${label}/JOB; list them with: dist jobs ${label}`,
  })
}
