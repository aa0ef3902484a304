// `dist run`: a jobset on this machine without any server of its own: a head and an agent in a folder of this run do it, so
// that folders, environment and outcomes are those of a node (docs/decisions/0021). Nothing of them stays.
import { join } from 'node:path'
import { DistError } from '../../shared/base/errors.ts'
import type { Context } from '../context.ts'
import { startCluster } from '../embed/local-cluster.ts'
import { pullInto } from '../fetch/pull-into.ts'
import { chooseJobs } from '../here/choose-jobs.ts'
import { showLive } from '../here/live-output.ts'
import { RunFolder } from '../here/run-folder.ts'
import { followJobset } from '../local/follow-jobset.ts'
import { reportOutcome } from '../local/report-outcome.ts'
import { type Prepared, prepare } from '../submit/prepare.ts'
import { provenanceOf } from '../submit/provenance.ts'
import { refuseSearch } from '../submit/refuse-search.ts'
import { submitFile } from '../submit/submit-file.ts'

export interface RunOptions {
  readonly job?: readonly string[]
  readonly saveDir: string
  readonly cleanSave?: boolean
  readonly cores?: string
  /** --live, --no-live; absent = for few jobs */
  readonly live?: boolean
}

/** Output of more jobs than this is shown only when asked for. */
const mostLive = 20
/** ms for fetching what is finished after Ctrl-C */
const lastPatience = 5000

/** --json: `{jobset, failures, folder, jobs}`; `folder` has a folder for each job. */
export async function run(context: Context, file: string | undefined, options: RunOptions): Promise<number> {
  const prepared = prepare(context, file)
  refuseSearch(prepared.jobset, 'dist run', 'its results would end with the command')
  const names = options.job ?? null
  const { jobset, notes } = chooseJobs(prepared.jobset, names)
  const folder = new RunFolder(context.io.cwd, options.saveDir, options.cleanSave === true)
  try {
    for (const note of notes) context.note(context.err.dim(note))
    return await inCluster(context, folder, { ...prepared, jobset }, options)
  } finally {
    folder.remove()
  }
}

async function inCluster(context: Context, folder: RunFolder, prepared: Prepared, options: RunOptions): Promise<number> {
  const { signal } = context
  const cluster = await startCluster({
    folder: join(folder.work, 'node'),
    env: context.io.env,
    cores: options.cores ?? null,
    capabilities: null,
    signal,
  })
  try {
    // work goes on in `inner`, which ends when the head or the agent does
    const lost = new AbortController()
    const inner = context.connected(cluster.client, AbortSignal.any([signal, lost.signal]))
    cluster.broken.catch((error: unknown) => lost.abort(error))
    try {
      return await runHere(inner, folder, prepared, options)
    } catch (error) {
      if (!lost.signal.aborted && signal.aborted)
        await saveFinished(context.connected(cluster.client, AbortSignal.timeout(lastPatience)), folder)
      throw lost.signal.aborted ? lost.signal.reason : error
    }
  } finally {
    await cluster.stop()
    cluster.client.close()
  }
}

async function runHere(context: Context, folder: RunFolder, prepared: Prepared, options: RunOptions): Promise<number> {
  const silent = context.silent()
  const { jobset } = await submitFile(silent, { prepared, provenance: () => provenanceOf(null, new Set(), {}) }, 'new')
  if (jobset.match.nodes === 0) {
    throw new DistError('usage', `this machine cannot run it: ${jobset.match.closest ?? 'it has too little'}`, {
      hint: 'ask for less in `resources`, or offer more cores with --cores N',
    })
  }
  const few = prepared.jobset.jobs.length <= mostLive
  const isLive = !context.quiet && !context.json && (options.live ?? few)
  const done = isLive ? await showLive(context, jobset, prepared.jobset) : await followJobset(context, jobset)
  const pulled = await pullInto(silent, done, { saveDir: folder.incoming })
  folder.take(done.batch)
  const shown = join(options.saveDir, 'archived_files')
  const report = await reportOutcome(context, done, null, shown)
  if (report.code === 0 || done.counts.succeeded > 0) context.note(context.err.dim(`results: ${shown}/`))
  context.value({ ...report.value, folder: folder.results, jobs: pulled.value.jobs })
  return Math.max(report.code, pulled.code)
}

/** After Ctrl-C: results that are committed already are not lost. */
async function saveFinished(context: Context, folder: RunFolder): Promise<void> {
  try {
    const head = await context.head()
    const { jobsets } = await head.findJobsets({}, context.signal)
    const [jobset] = jobsets
    if (jobset === undefined || jobset.counts.succeeded + jobset.counts.failed === 0) return
    await pullInto(context.silent(), jobset, { saveDir: folder.incoming })
    folder.take(jobset.batch)
  } catch {
    // the interruption is what is told
  }
}
