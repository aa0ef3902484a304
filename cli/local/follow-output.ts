// Follows the output of a job over all its attempts, or of the builds of a jobset, to the end. Used by `dist logs -f`.
import { setTimeout as sleep } from 'node:timers/promises'
import type { BuildReply, JobReply, JobsetReply } from '../../shared/api/types.ts'
import type { Context } from '../context.ts'
import { followLog, type LogPosition, readPiece, type TakeBytes } from './read-log.ts'
import { resolveJob, type Target } from './resolve-target.ts'

/** s that the head holds a reply while there is nothing new */
const wait = 3
/** ms between looks for the next attempt or build */
const pause = 500

/** The job when it is final, or when the wanted attempt is over. `next` is told when another attempt begins. */
export async function followJob(
  context: Context,
  target: Target,
  first: JobReply,
  attempt: number | undefined,
  take: TakeBytes,
  next: (job: JobReply) => void,
): Promise<JobReply> {
  const head = await context.head()
  const look = () => resolveJob(context, 'follow', target)
  const over = async () => isFinal(await look())
  let shown = ''
  for (let job = first; ; job = await look()) {
    const ended = isFinal(job)
    const id = await currentAttempt(context, job.id, attempt)
    if (id !== '' && id !== shown) {
      if (shown !== '') next(job)
      shown = id
      const at: LogPosition = { offset: 0 }
      await followLog(context, at, (offset) => head.jobLog(job.id, { offset, wait, id }, context.signal), take, over)
      if (attempt !== undefined) return await look()
    } else if (ended) return job
    else await sleep(pause, undefined, { signal: context.signal })
  }
}

/** Id of the job's attempt that counts now; empty when none has started. */
async function currentAttempt(context: Context, job: number, attempt: number | undefined): Promise<string> {
  const head = await context.head()
  const behindAll = { offset: 2 ** 50 } // only the headers are wanted
  const query = attempt === undefined ? {} : { attempt }
  const open = (offset: number) => head.jobLog(job, { offset, wait: 0.01, ...query }, context.signal)
  const piece = await readPiece(context, 'follow', behindAll, open, () => undefined)
  return piece.id
}

/** Every build of the jobset, each when those before it are over; ends when none is going on. */
export async function followBuilds(
  context: Context,
  jobset: JobsetReply,
  node: string | null,
  begin: (build: BuildReply, ofMany: boolean) => TakeBytes,
): Promise<BuildReply[]> {
  const head = await context.head()
  const list = async () => {
    const { builds } = await context.patiently('follow', () => head.builds(jobset.id, context.signal))
    return builds.filter((build) => node === null || build.node === node)
  }
  const shown = new Set<string>()
  for (;;) {
    const builds = await list()
    const build = builds.find(({ attempt }) => !shown.has(attempt))
    if (build === undefined) {
      if (builds.length > 0 && builds.every(({ state }) => state !== 'building')) return builds
      const { state } = await context.patiently('follow', () => head.jobset(jobset.id, context.signal))
      if (state !== 'active') return await list()
      await sleep(pause, undefined, { signal: context.signal })
      continue
    }
    const { attempt } = build
    shown.add(attempt)
    const over = async () => (await list()).find((one) => one.attempt === attempt)?.state !== 'building'
    const open = (offset: number) => head.buildLog(attempt, { offset, wait }, context.signal)
    await followLog(context, { offset: 0 }, open, begin(build, builds.length > 1), over)
  }
}

export function isFinal(job: JobReply): boolean {
  switch (job.state) {
    case 'succeeded':
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return true
    case 'waiting':
    case 'ready':
    case 'claimed':
    case 'running':
      return false
  }
}
