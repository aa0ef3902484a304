// `dist pull` after its arguments: fetches a jobset's results into a folder, with progress and a summary.
// Used by pull, add --pull and up.
import { relative, resolve } from 'node:path'
import type { JobsetReply } from '../../shared/api/types.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, finishedJobs, jobsetLabel } from '../render/labels.ts'
import { Progress } from '../render/progress.ts'
import { oneLine } from '../render/text-width.ts'
import { checkedBatch } from './checked-manifest.ts'
import type { PathFilter } from './path-filter.ts'
import { type PullReport, pullJobset } from './pull-jobset.ts'
import { saveBuildOutputs } from './save-build-outputs.ts'
import { SaveFolder } from './save-folder.ts'

export interface PullIntoOptions {
  readonly saveDir: string
  /** null or absent: everything */
  readonly filter?: PathFilter | null
  readonly skipFolders?: boolean
}

export interface Pulled {
  readonly code: number
  /** for --json; `folder` is the batch's */
  readonly value: PullReport & { readonly folder: string; readonly buildOutputs: readonly string[] }
}

const badShown = 10

/** Exit status 1 when the head did not have everything as it was committed. */
export async function pullInto(context: Context, jobset: JobsetReply, options: PullIntoOptions): Promise<Pulled> {
  const folder = new SaveFolder(resolve(context.io.cwd, options.saveDir), checkedBatch(jobset.batch))
  const progress = new Progress(context.io.stderr, context.showsProgress && context.io.stderr.columns !== null)
  const filter = options.filter ?? null
  const takes = filter ?? (() => true)
  const done = finishedJobs(jobset.counts)
  try {
    const report = await pullJobset(
      context,
      jobset,
      folder,
      { filter: takes, skipFolders: options.skipFolders === true || filter !== null },
      {
        onProgress: (jobs, bytes) => progress.update(`fetching: ${jobs}/${done} jobs, ${formatBytes(bytes)}`, done === 0 ? 1 : jobs / done),
      },
    )
    const buildOutputs = await saveBuildOutputs(context, jobset, folder, takes)
    progress.clear()
    tell(context, jobset, report, folder.root)
    return {
      code: report.bad.length + report.removed === 0 ? exitCode.done : exitCode.failed,
      value: { ...report, folder: folder.root, buildOutputs },
    }
  } finally {
    progress.clear()
    folder.close()
  }
}

function tell(context: Context, jobset: JobsetReply, report: PullReport, root: string): void {
  const { fetched, present, filtered, removed, bad } = report
  const parts = [`${counted(fetched.files, 'file')} fetched (${formatBytes(fetched.bytes)})`]
  if (present.files > 0) parts.push(`${present.files} there already`)
  if (filtered > 0) parts.push(`${filtered} filtered out`)
  const shown = relative(context.io.cwd, root)
  const place = shown === '' ? '.' : shown.startsWith('..') ? root : shown
  context.print(`${jobsetLabel(jobset)}: ${counted(report.jobs, 'job')}, ${parts.join(', ')}, in ${oneLine(place)}/`)
  const open = jobset.jobs - report.jobs
  if (open > 0) context.note(context.err.dim(`${counted(open, 'job')} without a result yet`))
  if (removed > 0) {
    context.warn(
      `of ${counted(removed, 'job')} the head has no results any more`,
      'its `retention` removed them; fetch results sooner, or run the jobs again under another batch_name',
    )
  }
  if (bad.length === 0) return
  for (const { path, problem } of bad.slice(0, badShown)) context.io.stderr.write(`  ${oneLine(path)}: ${problem}\n`)
  context.warn(
    `${counted(bad.length, 'file')} could not be fetched${bad.length > badShown ? '; the first are above' : ''}`,
    'these results were changed on the head after they were committed; tell its administrator',
  )
}
