// Fetches small files together, as a parcel (shared/files/parcel.ts), and takes each whose hash is right.
import type { HeadClient, WantedFile as RequestedFile } from '../../shared/api/client.ts'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { sha256 } from '../../shared/files/digest.ts'
import { ParcelReader } from '../../shared/files/parcel.ts'
import type { Context, Stakes } from '../context.ts'
import type { WantedFile } from './checked-manifest.ts'
import type { Staging } from './staging.ts'
import type { WorkFolder } from './work-folder.ts'

/** What a transfer works with. */
export interface Fetching {
  readonly context: Context
  readonly head: HeadClient
  readonly work: WorkFolder
  readonly staging: Staging
  readonly stakes: Stakes
  /** told of a file that the head no longer has as it was committed */
  readonly onBad: (file: WantedFile, problem: string) => void
  /** told of bytes that arrived; negative when they were not worth anything */
  readonly onBytes: (bytes: number) => void
  readonly tell: (message: string) => void
}

/** Up to this size files travel together. */
export const smallLimit = 256 << 10

/** What the head has of a file is another one, or none. */
export const otherBytes = 'the head has other bytes than were committed'

/** Throws `bad_archive` when the head sends what was not asked for. */
export async function fetchSmall(fetching: Fetching, jobset: number, files: readonly WantedFile[]): Promise<void> {
  const { context, head, stakes, tell } = fetching
  const pending = new Set(files)
  await context.patiently(
    stakes,
    async () => {
      const wanted = [...pending]
      if (wanted.length === 0) return
      const reply = await head.fetchFiles(jobset, wanted.map(request), context.signal)
      try {
        await takeFrames(fetching, wanted, pending, new ParcelReader(reply.body as AsyncIterable<Buffer>))
      } catch (error) {
        context.signal.throwIfAborted()
        if (error instanceof DistError) throw error
        throw new DistError('unreachable', `the connection broke: ${errorMessage(error)}`, { hint: 'pull again', cause: error })
      } finally {
        reply.body.destroy()
      }
    },
    tell,
  )
  for (const file of pending) fetching.onBad(file, 'the head did not send it')
}

export function request(file: WantedFile): RequestedFile {
  return { job: file.job, path: file.inJob, ...(file.attempt === null ? {} : { attempt: file.attempt }) }
}

async function takeFrames(
  { work, staging, onBad, onBytes }: Fetching,
  wanted: readonly WantedFile[],
  pending: Set<WantedFile>,
  parcel: ParcelReader,
): Promise<void> {
  for (;;) {
    const { index, kind, length } = await parcel.head()
    if (kind === 'end') return
    const file = wanted[index]
    if (file === undefined || !pending.has(file))
      throw new DistError('bad_archive', 'the head sent a file that was not asked for', distrust)
    if (kind === 'problem') {
      const { message } = await parcel.problem(length)
      pending.delete(file)
      onBad(file, message)
      continue
    }
    if (length !== file.size) {
      throw new DistError('bad_archive', `the head sends ${length} bytes of ${file.path}, which has ${file.size}`, distrust)
    }
    const data = await parcel.take(length)
    pending.delete(file)
    if (sha256(data) === file.sha256) {
      work.write(file, data)
      staging.add(file)
      onBytes(length)
    } else onBad(file, otherBytes)
  }
}

const distrust = { hint: 'it was not written; do not trust this head before its administrator has looked' }
