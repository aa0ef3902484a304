// Hashes and submits a checked jobset with progress, and tells what came of it or what is there already. Used by add and up.
import type { JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { SubmitMode } from '../../shared/model/submission.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { ago, counted, finishedJobs, jobsetLabel } from '../render/labels.ts'
import { provenanceText } from '../render/provenance-text.ts'
import { hashInputs } from './hash-inputs.ts'
import type { ReadyToSubmit } from './ready-to-submit.ts'
import { type Submitted, submit } from './submit.ts'
import { UploadProgress } from './upload-progress.ts'

/** Throws what the head refuses; then nothing of it is left there. */
export async function submitFile(context: Context, { prepared, provenance }: ReadyToSubmit, mode: SubmitMode): Promise<Submitted> {
  const { jobset, text } = prepared
  const head = await context.head()
  const progress = new UploadProgress(context)
  try {
    const inputs = await hashInputs(jobset, context.signal, (bytes, total) => progress.hashed(bytes, total))
    const submission = { jobset, inputs, text, mode, provenance: await provenance() }
    const submitted = await submit(context, head, submission, {
      onJobs: (count) => progress.jobs(count),
      onPlan: (_files, bytes) => progress.plan(bytes),
      onBytes: (bytes) => progress.sent(bytes),
      onCommit: () => progress.committing(),
    })
    progress.clear()
    tell(context, submitted, inputs.contents.size, jobset.search === undefined ? 'job' : 'trial')
    return submitted
  } catch (error) {
    progress.clear()
    if (mode === 'new' && error instanceof DistError && error.code === 'exists') throw await describeExisting(context, jobset.meta, error)
    throw error
  }
}

function tell(context: Context, { jobset, did, sent }: Submitted, contents: number, word: string): void {
  const files =
    sent.files === 0 ? 'no file had to be sent' : `${sent.files} of ${counted(contents, 'file')} sent, ${formatBytes(sent.bytes)}`
  const label = jobsetLabel(jobset)
  if (did.kind !== 'extend') context.print(`${context.out.green('added')} ${label}: ${counted(jobset.jobs, word)}, ${files}`)
  else if (did.added + did.changed === 0) context.print(`${label}: nothing new, ${counted(did.unchanged, 'job')} there already`)
  else {
    const parts: string[] = []
    if (did.added > 0) parts.push(`${counted(did.added, 'job')} added`)
    if (did.changed > 0) parts.push(`${counted(did.changed, 'changed job')} run again`)
    if (did.unchanged > 0) parts.push(`${did.unchanged} there already`)
    context.print(`${context.out.green('extended')} ${label}: ${parts.join(', ')}; ${files}`)
    if (did.changed > 0) context.note(context.err.dim('old results of changed jobs stay on the head, in .attempts'))
  }
  const { provenance } = jobset
  if (provenance !== null && provenance.git !== null) context.note(context.err.dim(`recorded with it: ${provenanceText(provenance)}`))
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
    hint: `add with --extend, with --new-version, or under another batch_name; fetch that one with: dist pull ${label}`,
    cause: error,
  })
}
