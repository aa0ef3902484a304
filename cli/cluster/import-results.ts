// Sends what a bundle's jobs left to the head and has it committed there. Everything may be repeated: an attempt's id is made of what
// it brings. Used by `dist import`.
import { createHash } from 'node:crypto'
import type { HeadClient } from '../../shared/api/client.ts'
import type { ImportItem, ImportReply } from '../../shared/api/types.ts'
import { packTar, type TarSource } from '../../shared/files/tar-pack.ts'
import type { JobSpec } from '../../shared/model/jobset.ts'
import { jobIdentity } from '../../shared/run/job-identity.ts'
import type { Context } from '../context.ts'
import type { BundleFile } from './bundle-file.ts'
import type { JobResult } from './verify-job.ts'

export type Verdict = ImportReply['replies'][number]['verdict']

export interface Bringing {
  readonly context: Context
  readonly head: HeadClient
  /** at the head */
  readonly jobset: number
  readonly bundle: BundleFile
}

/** Most in one commit. */
export const commitItems = 100

/** The files of one result; afterwards the head has them all. */
export async function bringFiles({ context, head, jobset }: Bringing, attempt: string, { manifest, sources }: JobResult): Promise<void> {
  const files = new Map(manifest.flatMap((entry) => (entry.kind === 'file' ? [[entry.path, entry] as const] : [])))
  await context.patiently('change', async () => {
    const { missing } = await head.imports.manifest(jobset, attempt, manifest, context.signal)
    if (missing.length === 0) return
    const wanted = missing.flatMap((path): TarSource[] => {
      const entry = files.get(path)
      const file = sources.get(path)
      return entry === undefined || file === undefined ? [] : [{ kind: 'file', path, size: entry.size, mode: entry.mode, file }]
    })
    await head.imports.files(jobset, attempt, () => packTar(wanted), context.signal)
  })
}

/** What of a result goes with the commit. */
export function importItem({ bundle }: Bringing, job: JobSpec, { status, statusText, outcome, notices }: JobResult): ImportItem {
  return {
    attempt: createHash('sha256')
      .update(JSON.stringify([bundle.id, job.name, statusText]))
      .digest('hex')
      .slice(0, 32),
    job: job.name,
    identity: jobIdentity(bundle.spec, job),
    host: `${bundle.scheduler}:${status.host}`.slice(0, 200),
    cores: status.cores,
    startedAt: status.started * 1000,
    finishedAt: status.finished * 1000,
    outcome,
    usage: {
      wallSeconds: Math.max(0, status.finished - status.started),
      userSeconds: status.userSeconds,
      systemSeconds: status.systemSeconds,
      peakMemory: 0,
      memorySource: 'none',
    },
    notices: notices.slice(0, 100).map((notice) => notice.slice(0, 2000)),
  }
}

/** Attempt -> verdict. */
export async function commitResults(
  { context, head, jobset }: Bringing,
  items: readonly ImportItem[],
): Promise<ReadonlyMap<string, Verdict>> {
  const { replies } = await context.patiently('change', () => head.imports.attempts(jobset, items, context.signal))
  return new Map(replies.map(({ attempt, verdict }) => [attempt, verdict]))
}
