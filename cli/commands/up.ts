// `dist up`: a head and one agent on this machine, started and stopped with this command. With a file it runs that
// jobset and fetches the results; without, it stays until Ctrl-C.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { type LocalCluster, startCluster } from '../embed/local-cluster.ts'
import { pullInto } from '../fetch/pull-into.ts'
import { followJobset } from '../local/follow-jobset.ts'
import { reportOutcome } from '../local/report-outcome.ts'
import { upFolder } from '../local/up-folder.ts'
import { exitCode } from '../program/exit-code.ts'
import { finishedJobs } from '../render/labels.ts'
import { type Prepared, prepare } from '../submit/prepare.ts'
import { submitFile } from './add.ts'

export interface UpOptions {
  readonly saveDir: string
  readonly cores?: string
  readonly capabilities?: string
}

const askPatience = 3000

/**
 * --json with a file: `{jobset, failures, sent, pulled}` as of add, wait and pull; without: `{url, token, folder}` at once.
 */
export async function up(context: Context, file: string | undefined, options: UpOptions): Promise<number> {
  const prepared = file === undefined ? null : prepare(context, file)
  const folder = makeFolder(context, prepared === null)
  let isEmpty = true
  try {
    const { signal } = context
    const limits = { cores: options.cores ?? null, capabilities: options.capabilities ?? null }
    context.note(context.err.dim('starting a head and an agent on this machine'))
    const cluster = await startCluster({ folder, env: context.io.env, signal, ...limits })
    try {
      // work goes on in `inner`, which ends when the head or the agent does
      const lost = new AbortController()
      const inner = context.connected(cluster.client, AbortSignal.any([signal, lost.signal]))
      cluster.broken.catch((error: unknown) => lost.abort(error))
      let isPulled = false
      try {
        if (prepared === null) return await stay(inner, cluster, folder)
        const code = await runFile(inner, prepared, options.saveDir)
        isPulled = true
        return code
      } catch (error) {
        throw lost.signal.aborted ? lost.signal.reason : error
      } finally {
        isEmpty = isPulled || (await hasNothing(cluster, prepared === null))
      }
    } finally {
      context.note(context.err.dim('stopping the head and the agent'))
      await cluster.stop()
      cluster.client.close()
    }
  } finally {
    if (isEmpty) rmSync(folder, { recursive: true, force: true })
    else context.note(`results and inputs stay in ${folder}`)
  }
}

/** A bare `up` has one folder, where the next one finds its jobsets again; a run has a folder of its own. */
function makeFolder(context: Context, isBare: boolean): string {
  const folder = upFolder(context.io.env)
  if (isBare) return folder
  mkdirSync(join(folder, '..'), { recursive: true })
  return mkdtempSync(`${folder}-`)
}

async function stay(context: Context, cluster: LocalCluster, folder: string): Promise<number> {
  context.value({ url: cluster.url, token: cluster.token, folder })
  context.print(`head and agent run at ${context.out.bold(cluster.url)}; end them with Ctrl-C`)
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

async function runFile(context: Context, prepared: Prepared, saveDir: string): Promise<number> {
  const { jobset, sent } = await submitFile(context, prepared)
  const done = await followJobset(context, jobset)
  const report = await reportOutcome(context, done, saveDir)
  const pulled = await pullInto(context, done, { saveDir })
  context.value({ ...report.value, sent, pulled: pulled.value })
  return Math.max(report.code, pulled.code)
}

/** True when nobody would miss the folder: no result in it, and for a bare `up` no jobset either. */
async function hasNothing(cluster: LocalCluster, isBare: boolean): Promise<boolean> {
  try {
    const { jobsets } = await cluster.client.findJobsets({}, AbortSignal.timeout(askPatience))
    return jobsets.every((jobset) => !isBare && finishedJobs(jobset.counts) === 0)
  } catch {
    return false
  }
}
