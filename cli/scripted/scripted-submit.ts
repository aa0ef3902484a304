// The search of a script on the head: the one that is there when it is made of the same, else a new one.
import type { JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { hashInputs } from '../submit/hash-inputs.ts'
import { provenanceOf } from '../submit/provenance.ts'
import { submit } from '../submit/submit.ts'
import { UploadProgress } from '../submit/upload-progress.ts'
import { contentOf, type ScriptedJobset } from './scripted-jobset.ts'

export interface Finding {
  /** absolute */
  readonly script: string
  /** goes on with what is there */
  readonly mayContinue: boolean
  /** beside what is there */
  readonly newVersion: boolean
}

/** `isNew` false: it was there. Throws `exists` when what is there is made of something else. */
export async function findOrSubmit(
  context: Context,
  scripted: ScriptedJobset,
  { script, mayContinue, newVersion }: Finding,
): Promise<{ readonly jobset: JobsetReply; readonly isNew: boolean }> {
  const head = await context.head()
  const progress = new UploadProgress(context)
  try {
    const inputs = await hashInputs(scripted.jobset, context.signal, (bytes, total) => progress.hashed(bytes, total))
    const content = contentOf(scripted, inputs, script)
    const there = await versions(context, scripted)
    const same = newVersion || !mayContinue ? undefined : there.find(({ provenance }) => provenance?.content === content)
    if (same !== undefined) return { jobset: same, isNew: false }
    if (there[0] !== undefined && !newVersion && mayContinue) throw another(there[0])
    const provenance = { ...(await provenanceOf(null, new Set(), {})), content }
    const mode = there.length === 0 ? 'new' : 'version'
    const submission = { jobset: scripted.jobset, inputs, text: scripted.text, mode, provenance } as const
    const { jobset, sent } = await submit(context, head, submission, {
      onJobs: () => undefined,
      onPlan: (_files, bytes) => progress.plan(bytes),
      onBytes: (bytes) => progress.sent(bytes),
      onCommit: () => progress.committing(),
    })
    progress.clear()
    const files =
      sent.files === 0
        ? 'no file had to be sent'
        : `${sent.files} of ${counted(inputs.contents.size, 'file')} sent, ${formatBytes(sent.bytes)}`
    context.note(`added ${jobsetLabel(jobset)}: ${files}`)
    return { jobset, isNew: true }
  } finally {
    progress.clear()
  }
}

/** Newest first. */
async function versions(context: Context, { jobset }: ScriptedJobset): Promise<readonly JobsetReply[]> {
  const head = await context.head()
  const { namespace, batchName } = jobset.meta
  const query = { namespace, batch: batchName, versions: true }
  const { jobsets } = await context.patiently('change', () => head.findJobsets(query, context.signal))
  return jobsets.toSorted((a, b) => b.submittedAt - a.submittedAt || b.id - a.id)
}

function another(there: JobsetReply): DistError {
  const label = jobsetLabel(there)
  const why = there.provenance?.content === undefined ? 'was not made by a script' : 'is another search, or was made with other files'
  return new DistError('exists', `${label} is on the head already, and ${why}`, {
    hint: `run it beside as ${there.batch}@2 with --new-version, or change its label; what the script itself writes can be named in .distignore`,
  })
}
