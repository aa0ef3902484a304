// Fetches small files together, as one tar, and puts each in place when its hash is right.
import type { HeadClient } from '../../shared/api/client.ts'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { sha256 } from '../../shared/files/digest.ts'
import { readTar } from '../../shared/files/tar-extract.ts'
import type { Context } from '../context.ts'
import type { Wanted } from './checked-manifest.ts'
import type { SaveFolder } from './save-folder.ts'

type WantedFile = Extract<Wanted, { kind: 'file' }>

export interface Fetching {
  readonly context: Context
  readonly head: HeadClient
  readonly folder: SaveFolder
  /** told of each file that is in place */
  readonly onFile: (file: WantedFile) => void
  /** told of a file that the head no longer has as it was committed */
  readonly onBad: (file: WantedFile, problem: string) => void
}

/** Up to this size files travel together. */
export const smallLimit = 256 << 10

/** Throws `bad_archive` when the head sends what was not asked for. */
export async function fetchSmall(fetching: Fetching, jobset: number, files: readonly WantedFile[]): Promise<void> {
  const { context, head } = fetching
  const pending = new Map(files.map((file) => [file.path, file]))
  await context.patiently('change', async () => {
    const wanted = [...pending.values()]
    if (wanted.length === 0) return
    const request = wanted.map((file) => ({ job: file.job, path: file.inJob }))
    const reply = await head.fetchFiles(jobset, request, context.signal)
    try {
      await readTar(reply.body, (entry, body) => takeEntry(fetching, pending, entry, body), {
        maxEntries: wanted.length,
        maxEntryBytes: smallLimit,
      })
    } catch (error) {
      context.signal.throwIfAborted()
      if (error instanceof DistError) throw error
      throw new DistError('unreachable', `the connection broke: ${errorMessage(error)}`, { hint: 'pull again', cause: error })
    } finally {
      reply.body.destroy()
    }
  })
  for (const file of pending.values()) fetching.onBad(file, 'the head did not send it')
}

type OnEntry = Parameters<typeof readTar>[1]

async function takeEntry(
  fetching: Fetching,
  pending: Map<string, WantedFile>,
  entry: Parameters<OnEntry>[0],
  body: Parameters<OnEntry>[1],
): Promise<void> {
  const file = pending.get(entry.path)
  if (entry.kind !== 'file' || file === undefined) {
    throw new DistError('bad_archive', `the head sent ${JSON.stringify(entry.path.slice(0, 200))}, which was not asked for`, {
      hint: 'it was not written; do not trust this head before its administrator has looked',
    })
  }
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  const data = Buffer.concat(chunks)
  pending.delete(entry.path)
  if (data.length !== file.size || sha256(data) !== file.sha256) {
    fetching.onBad(file, 'the head has other bytes than were committed')
    return
  }
  fetching.folder.writeFile(file, data)
  fetching.onFile(file)
}
