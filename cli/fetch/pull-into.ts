// `dist pull` after its arguments: fetches a jobset's results into a folder, once or until the jobset has ended, with
// progress and a summary. Used by pull, add --pull and up.
import { relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobsetReply } from '../../shared/api/types.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, finishedJobs, jobsetLabel } from '../render/labels.ts'
import { oneLine } from '../render/text-width.ts'
import { checkedBatch } from './checked-manifest.ts'
import type { PathFilter } from './path-filter.ts'
import { type Pulling, pullJobset } from './pull-jobset.ts'
import { PullProgress } from './pull-progress.ts'
import { type PullReport, PullTotals } from './pull-totals.ts'
import { saveBuildOutputs } from './save-build-outputs.ts'
import { SaveFolder } from './save-folder.ts'
import { Staging } from './staging.ts'
import { WorkFolder } from './work-folder.ts'

export interface PullIntoOptions {
  readonly saveDir: string
  /** null or absent: everything */
  readonly filter?: PathFilter | null
  readonly skipFolders?: boolean
  /** only what jobs and builds printed */
  readonly logs?: boolean
  /** also attempts that are no results */
  readonly attempts?: boolean
  /** goes on until the jobset has ended */
  readonly follow?: boolean
  /** transfers at once */
  readonly parallel?: number
}

export interface Pulled {
  readonly code: number
  /** for --json; `folder` is the batch's, `jobset` as it was at the end */
  readonly value: PullReport & { readonly folder: string; readonly buildOutputs: readonly string[] }
  readonly jobset: JobsetReply
}

export const defaultParallel = 4
const badShown = 10
/** ms between two looks for new results, at least: a busy head commits thousands a second */
const leastPause = 500

/** Exit status 1 when the head did not have everything as it was committed. */
export async function pullInto(context: Context, jobset: JobsetReply, options: PullIntoOptions): Promise<Pulled> {
  const folder = new SaveFolder(resolve(context.io.cwd, options.saveDir), checkedBatch(jobset.batch))
  const progress = new PullProgress(context)
  const totals = new PullTotals(() => progress.show(totals))
  const head = await context.head()
  folder.prepare()
  const work = new WorkFolder(folder.root)
  const staging = new Staging(folder, work, (placed) => {
    totals.fetched.files += placed.files
    totals.fetched.bytes += placed.bytes
  })
  const selection = { filter: options.filter ?? null, skipFolders: options.skipFolders === true, logs: options.logs === true }
  const parallel = options.parallel ?? defaultParallel
  const stakes = options.follow === true ? 'follow' : 'change'
  const pulling: Pulling = {
    context,
    head,
    folder,
    work,
    staging,
    totals,
    selection,
    parallel,
    stakes,
    tell: (message) => progress.tell(message),
  }
  let whole = false
  try {
    const { now, buildOutputs } = await passes(pulling, jobset, options, progress)
    whole = selection.filter === null && !selection.logs && totals.bad.length === 0
    progress.clear()
    tell(context, now, totals, folder.root, buildOutputs)
    const value = { ...totals.report, folder: folder.root, buildOutputs }
    return { code: totals.bad.length + totals.removed === 0 ? exitCode.done : exitCode.failed, value, jobset: now }
  } finally {
    progress.clear()
    work.close(whole)
  }
}

/** One pass, or as many as it takes until the jobset has ended. */
async function passes(
  pulling: Pulling,
  first: JobsetReply,
  { follow, attempts }: PullIntoOptions,
  progress: PullProgress,
): Promise<{ now: JobsetReply; buildOutputs: string[] }> {
  const { context, head, stakes } = pulling
  const buildOutputs = new Set<string>()
  let since: number | null = null
  for (let now = first; ; ) {
    const isLast = follow !== true || now.state !== 'active'
    progress.begin(now, finishedJobs(now.counts))
    since = await pullJobset(pulling, now, { since, attempts: attempts === true && isLast, stakes })
    for (const name of await saveBuildOutputs(pulling, now)) buildOutputs.add(name)
    if (isLast) return { now, buildOutputs: [...buildOutputs] }
    progress.wait(now, pulling.totals)
    await sleep(leastPause, undefined, { signal: context.signal })
    const { id, revision } = now
    now = await context.patiently(stakes, () => head.wait(id, revision, 25, context.signal), pulling.tell)
  }
}

function tell(context: Context, jobset: JobsetReply, report: PullReport, root: string, buildOutputs: readonly string[]): void {
  const { fetched, present, filtered, removed, bad } = report
  const parts = [`${counted(fetched.files, 'file')} fetched (${formatBytes(fetched.bytes)})`]
  if (buildOutputs.length > 0) parts.push(counted(buildOutputs.length, 'build output'))
  if (present.files > 0) parts.push(`${present.files} there already`)
  if (filtered > 0) parts.push(`${filtered} filtered out`)
  const shown = relative(context.io.cwd, root)
  const place = shown === '' ? '.' : shown.startsWith('..') ? root : shown
  const attempts = report.attempts === 0 ? '' : ` and ${counted(report.attempts, 'other attempt')}`
  context.print(`${jobsetLabel(jobset)}: ${counted(report.jobs, 'job')}${attempts}, ${parts.join(', ')}, in ${oneLine(place)}/`)
  const open = jobset.jobs - report.jobs
  if (open > 0) context.note(context.err.dim(`${counted(open, 'job')} without a result${jobset.state === 'active' ? ' yet' : ''}`))
  if (removed > 0) {
    context.warn(
      `of ${counted(removed, 'job')} the head has no results any more`,
      'its `retention` removed them; fetch results sooner, or run the jobs again under another batch_name',
    )
  }
  if (bad.length === 0) return
  for (const { path, problem } of bad.slice(0, badShown)) context.io.stderr.write(`  ${oneLine(path)}: ${oneLine(problem)}\n`)
  context.warn(
    `${counted(bad.length, 'file')} could not be fetched${bad.length > badShown ? '; the first are above' : ''}`,
    'these results were changed on the head after they were committed; tell its administrator',
  )
}
