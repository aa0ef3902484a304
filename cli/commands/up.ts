// `dist up`: a head and one agent on this machine, started and stopped with this command, or those of another `dist up` that
// runs. With a file it runs that jobset and fetches the results; without, it stays until Ctrl-C. What was done is kept.
import type { JobsetReply } from '../../shared/api/types.ts'
import type { Context } from '../context.ts'
import { type JoinedCluster, joinCluster } from '../embed/shared-cluster.ts'
import { pullInto } from '../fetch/pull-into.ts'
import { followJobset } from '../local/follow-jobset.ts'
import { reportOutcome } from '../local/report-outcome.ts'
import { upFolder } from '../local/up-folder.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { type ReadyToSubmit, readyToSubmit, type SubmitFlags } from '../submit/ready-to-submit.ts'
import { submitFile } from '../submit/submit-file.ts'
import { compileMode } from './add.ts'

export interface UpOptions extends SubmitFlags {
  readonly saveDir: string
  readonly cores?: string
  readonly capabilities?: string
  readonly extend?: boolean
  readonly newVersion?: boolean
}

/**
 * --json with a file: `{jobset, failures, did, sent, pulled}` as of add, wait and pull; without: `{url, token, folder}` at once.
 */
export async function up(context: Context, file: string | undefined, options: UpOptions): Promise<number> {
  const ready = file === undefined ? null : await readyToSubmit(context, file, options)
  const { signal } = context
  const folder = upFolder(context.io.env)
  const limits = { cores: options.cores ?? null, capabilities: options.capabilities ?? null }
  const cluster = await joinCluster({ folder, env: context.io.env, signal, ...limits }, () =>
    context.note(context.err.dim('starting a head and an agent on this machine')),
  )
  if (cluster.isGuest) {
    context.note(context.err.dim(`using the head and agent of another \`dist up\`, at ${cluster.url}`))
    if (limits.cores !== null || limits.capabilities !== null) {
      context.warn('--cores and --capabilities are those of the `dist up` that started the agent', 'end that one to change them')
    }
  }
  // work goes on in `inner`, which ends when the head or the agent does
  const lost = new AbortController()
  const inner = context.connected(cluster.client, AbortSignal.any([signal, lost.signal]))
  cluster.broken.catch((error: unknown) => lost.abort(error))
  let code: number
  try {
    code = ready === null ? await stay(inner, cluster, folder) : await runFile(inner, ready, options)
  } catch (error) {
    await end(context, cluster, lost.signal.aborted || signal.aborted)
    throw lost.signal.aborted ? lost.signal.reason : error
  }
  await end(context, cluster, ready === null)
  return code
}

/** `now`: whether or not another one uses it. */
async function end(context: Context, cluster: JoinedCluster, now: boolean): Promise<void> {
  if (!cluster.isGuest) context.note(context.err.dim('stopping the head and the agent'))
  const tell = () => context.note('another `dist up` uses them: they stay until it ends, or until Ctrl-C')
  await (now ? cluster.stop() : cluster.leave(tell, context.signal))
}

async function stay(context: Context, cluster: JoinedCluster, folder: string): Promise<number> {
  context.value({ url: cluster.url, token: cluster.token, folder })
  const how = cluster.isGuest ? 'Ctrl-C ends only this command' : 'end them with Ctrl-C'
  context.print(`head and agent run at ${context.out.bold(cluster.url)}; ${how}`)
  context.note(context.err.dim('`dist` in another terminal of this account finds them by itself; elsewhere:'))
  context.note(context.err.dim(`  export DIST_HEAD=${cluster.url}\n  export DIST_TOKEN=${cluster.token}`))
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve()
    context.signal.addEventListener('abort', () => resolve(), { once: true })
    // a listener alone does not keep the process alive
    const alive = setInterval(() => undefined, 1 << 30)
    context.signal.addEventListener('abort', () => clearInterval(alive), { once: true })
  })
  const { reason } = context.signal
  // Ctrl-C is how it ends; anything else is a failure
  if (reason instanceof DOMException) return exitCode.done
  throw reason
}

async function runFile(context: Context, ready: ReadyToSubmit, options: UpOptions): Promise<number> {
  const asked = compileMode(options)
  // the same file again goes on with it: what is kept from the last call is of use
  const { jobset, did, sent } = await submitFile(context, ready, asked === 'new' ? 'resume' : asked)
  const done = await followJobset(context, did.added + did.changed === 0 ? await again(context, jobset) : jobset)
  const report = await reportOutcome(context, done, options.saveDir)
  const pulled = await pullInto(context, done, { saveDir: options.saveDir })
  context.value({ ...report.value, did, sent, pulled: pulled.value })
  return Math.max(report.code, pulled.code)
}

/** Of a jobset that was there already and is over: what did not succeed runs again. */
async function again(context: Context, jobset: JobsetReply): Promise<JobsetReply> {
  if (jobset.state === 'active' || jobset.state === 'succeeded') return jobset
  const head = await context.head()
  const { retried } = await context.patiently('change', () => head.retry(jobset.id, null, context.signal))
  if (retried > 0)
    context.print(`${jobsetLabel(jobset)}: ${counted(retried, 'job')} that did not succeed ${retried === 1 ? 'runs' : 'run'} again`)
  return context.patiently('look', () => head.jobset(jobset.id, context.signal))
}
