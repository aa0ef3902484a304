// `dist add`: checks the jobset file, sends what the head lacks, submits; with --wait and --pull stays until the end.
import type { JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { ago, counted, finishedJobs, jobsetLabel } from '../render/labels.ts'
import { Progress } from '../render/progress.ts'
import { hashInputs } from '../submit/hash-inputs.ts'
import { type Prepared, prepare } from '../submit/prepare.ts'
import { type Submitted, submit } from '../submit/submit.ts'

export interface AddOptions {
  readonly dry?: boolean
  readonly showCaps?: boolean
  readonly wait?: boolean
  readonly pull?: string
  readonly rebuild?: boolean
}

/**
 * --json: `{jobset, sent: {files, bytes}}`; with --wait also `failures` as of `dist wait`, with --pull also `pulled` as of
 * `dist pull`. Exit status 1 when the jobset is there already, or with --wait when a job did not succeed.
 */
export async function add(context: Context, name: string | undefined, options: AddOptions): Promise<number> {
  if (options.dry === true) return (await import('./check.ts')).check(context, name, options)
  const { jobset, sent } = await submitFile(context, asWanted(prepare(context, name), options))
  const label = jobsetLabel(jobset)
  if (options.wait !== true && options.pull === undefined) {
    context.value({ jobset, sent })
    context.note(context.err.dim(`follow it with: dist wait ${label}`))
    return exitCode.done
  }
  const { followJobset } = await import('../local/follow-jobset.ts')
  const { reportOutcome } = await import('../local/report-outcome.ts')
  const report = await reportOutcome(context, await followJobset(context, jobset), options.pull ?? null)
  if (options.pull === undefined) {
    context.value({ ...report.value, sent })
    return report.code
  }
  const { pullInto } = await import('../fetch/pull-into.ts')
  const pulled = await pullInto(context, report.value.jobset, { saveDir: options.pull })
  context.value({ ...report.value, sent, pulled: pulled.value })
  return Math.max(report.code, pulled.code)
}

/** What a flag changes of the file. */
function asWanted(prepared: Prepared, { rebuild }: AddOptions): Prepared {
  if (rebuild !== true) return prepared
  const { jobset } = prepared
  return { ...prepared, jobset: { ...jobset, initialize: { ...jobset.initialize, rebuild } } }
}

/** Hashes and submits, with progress, and tells what came of it. Also used by `dist up`. */
export async function submitFile(context: Context, prepared: Prepared): Promise<Submitted> {
  const { jobset, text } = prepared
  const head = await context.head()
  const progress = new Progress(context.io.stderr, context.showsProgress && context.io.stderr.columns !== null)
  try {
    let hashed = 0
    const inputs = await hashInputs(jobset, context.signal, (bytes) => {
      hashed += bytes
      progress.update(`hashing ${formatBytes(hashed)}`, 0)
    })
    let total = 0
    let gone = 0
    const submitted = await submit(
      context,
      head,
      { jobset, inputs, text },
      {
        onPlan: (_files, bytes) => {
          total = bytes
        },
        onBytes: (bytes) => {
          gone += bytes
          progress.update(`sending ${formatBytes(Math.min(gone, total))} of ${formatBytes(total)}`, total === 0 ? 1 : gone / total)
        },
      },
    )
    progress.clear()
    tell(context, submitted, inputs.contents.size)
    return submitted
  } catch (error) {
    progress.clear()
    if (error instanceof DistError && error.code === 'exists') throw await describeExisting(context, jobset.meta, error)
    throw error
  }
}

function tell(context: Context, { jobset, sent }: Submitted, contents: number): void {
  const files =
    sent.files === 0 ? 'no file had to be sent' : `${sent.files} of ${counted(contents, 'file')} sent, ${formatBytes(sent.bytes)}`
  context.print(`${context.out.green('added')} ${jobsetLabel(jobset)}: ${counted(jobset.jobs, 'job')}, ${files}`)
  const { nodes, online, closest } = jobset.match
  if (nodes === 0) {
    const hint = closest === null ? '`dist node invite` prints the line that adds a node' : closest
    context.warn('no known node can run it: it waits until one comes', hint)
  } else if (online === 0) context.warn(`${counted(nodes, 'node')} could run it, but none is online`, 'see: dist nodes')
}

/** What is there already, and what to do. */
async function describeExisting(
  context: Context,
  meta: { readonly namespace: string; readonly batchName: string },
  error: DistError,
): Promise<DistError> {
  const label = jobsetLabel({ namespace: meta.namespace, batch: meta.batchName })
  const head = await context.head()
  let there: JobsetReply | undefined
  try {
    const query = { namespace: meta.namespace, batch: meta.batchName }
    there = (await context.patiently('look', () => head.findJobsets(query, context.signal))).jobsets[0]
  } catch {
    return error
  }
  if (there === undefined) return error
  const { jobs, counts, state, owner } = there
  const what = `${state}, ${finishedJobs(counts)} of ${counted(jobs, 'job')} done, submitted ${ago(there.submittedAt, context.now())} by ${owner}`
  return new DistError('exists', `${label} is on the head already: ${what}`, {
    hint: `give this one another batch_name; fetch that one with: dist pull ${label}`,
    cause: error,
  })
}
