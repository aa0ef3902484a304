// Submits a checked jobset: draft -> jobs -> missing contents -> commit. Every step may be repeated, so a head that
// dies and comes back at any moment costs a retry: the request id makes a resend the same jobset.
import { randomBytes } from 'node:crypto'
import type { HeadClient } from '../../shared/api/client.ts'
import type { JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { Jobset, JobsetSpec, LocalFile } from '../../shared/model/jobset.ts'
import type { Provenance, SubmitCounts, SubmitMode } from '../../shared/model/submission.ts'
import type { Context } from '../context.ts'
import type { Inputs } from './hash-inputs.ts'
import { jobLines } from './job-lines.ts'
import { type Sending, sendContents } from './send-contents.ts'

export interface Submission {
  readonly jobset: Jobset<LocalFile>
  readonly inputs: Inputs
  /** the file as it was written */
  readonly text: string
  /** what is done about a jobset of this name that is there */
  readonly mode: SubmitMode
  readonly provenance: Provenance
}

export interface Submitted {
  readonly jobset: JobsetReply
  /** what it did */
  readonly did: SubmitCounts
  /** contents that the head lacked */
  readonly sent: { readonly files: number; readonly bytes: number }
}

interface Watch extends Pick<Sending, 'onBytes' | 'onPlan'> {
  readonly onJobs: (count: number) => void
  readonly onCommit: () => void
}

/** A draft that the head lost is opened again so many times. */
const mostDrafts = 5
const dropPatience = 3000

/** Throws what the head refuses; then nothing of it is left there. */
export async function submit(context: Context, head: HeadClient, submission: Submission, watch: Watch): Promise<Submitted> {
  const requestId = randomBytes(16).toString('hex')
  const { jobset, text, mode, provenance } = submission
  const body = { requestId, spec: specOf(submission), jobCount: jobset.jobs.length, text, mode, provenance }
  let sent = { files: 0, bytes: 0 }
  for (let tries = 1; ; tries++) {
    const draft = await context.patiently('change', () => head.createDraft(body, context.signal))
    // its answer was lost: asking again tells what it did
    if (draft.state === 'committed') return await commit(context, head, draft.draft, sent)
    try {
      watch.onJobs(jobset.jobs.length)
      const lines = () => jobLines(jobset, submission.inputs.known)
      // a search has none yet
      if (jobset.jobs.length > 0) await context.patiently('change', () => head.putJobs(draft.draft, lines, context.signal))
      const now = await sendContents({ context, head, draft: draft.draft, contents: submission.inputs.contents, ...watch })
      if (tries === 1) sent = now
      watch.onCommit()
      return await commit(context, head, draft.draft, sent)
    } catch (error) {
      // the draft is gone, committed before its answer was lost, or a content was dropped: the request id tells
      if (isStale(error) && tries < mostDrafts) continue
      await dropQuietly(head, draft.draft)
      throw error
    }
  }
}

async function commit(context: Context, head: HeadClient, draft: string, sent: Submitted['sent']): Promise<Submitted> {
  const { submitted, ...jobset } = await context.patiently('change', () => head.commitDraft(draft, context.signal))
  return { jobset, did: submitted, sent }
}

function isStale(error: unknown): boolean {
  return error instanceof DistError && (error.code === 'not_found' || error.code === 'incomplete')
}

/** A draft that stays costs the head little; it is thrown away there when old. */
async function dropQuietly(head: HeadClient, draft: string): Promise<void> {
  try {
    await head.dropDraft(draft, AbortSignal.timeout(dropPatience))
  } catch {
    // the error that brought us here is the one to tell
  }
}

function specOf({ jobset, inputs }: Submission): JobsetSpec {
  const { jobs: _, initialize, search, ...spec } = jobset
  const { buildFile, sif, files } = initialize
  const known = (file: LocalFile | null) => (file === null ? null : inputs.known(file))
  return {
    ...spec,
    initialize: { ...initialize, buildFile: known(buildFile), sif: known(sif), files: files.map(inputs.known) },
    ...(search === undefined ? {} : { search: { ...search, script: known(search.script) } }),
  }
}
