// Fetches one large file, going on where the last try (or the last `dist pull`) broke off.
import { createHash, type Hash } from 'node:crypto'
import { closeSync, constants, ftruncateSync, lstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { isTrouble } from '../local/patience.ts'
import type { Wanted } from './checked-manifest.ts'
import type { Fetching } from './fetch-small.ts'

type WantedFile = Extract<Wanted, { kind: 'file' }>

/** The file while it grows: `have` bytes are on disk and in the hash. */
interface Part {
  readonly fd: number
  readonly hash: Hash
  have: number
}

/** Puts the file in place when it is whole and its hash is right; else tells `onBad`. */
export async function fetchLarge(fetching: Fetching, file: WantedFile, onBytes: (bytes: number) => void): Promise<void> {
  const path = fetching.folder.partPath(file)
  // a part of an earlier pull may be bad: then once more from the start
  for (const fresh of [false, true]) {
    if (fresh) rmSync(path, { force: true })
    const part = openPart(path, file.size)
    const resumed = part.have > 0
    onBytes(part.have)
    try {
      await complete(fetching, file, part, onBytes)
    } finally {
      closeSync(part.fd)
    }
    if (part.hash.digest('hex') === file.sha256) {
      fetching.folder.place(file, path)
      fetching.onFile(file)
      return
    }
    onBytes(-file.size)
    if (!resumed) break
  }
  rmSync(path, { force: true })
  fetching.onBad(file, 'the head has other bytes than were committed')
}

async function complete(fetching: Fetching, file: WantedFile, part: Part, onBytes: (bytes: number) => void): Promise<void> {
  while (part.have < file.size) {
    // patience counts from the last progress: a bad line may take many tries for a large file
    await fetching.context.patiently('change', async () => {
      const before = part.have
      try {
        await more(fetching, file, part, onBytes)
      } catch (error) {
        if (part.have === before || !isTrouble(error)) throw error
      }
    })
  }
}

async function more({ context, head }: Fetching, file: WantedFile, part: Part, onBytes: (bytes: number) => void): Promise<void> {
  const reply = await head.file(file.job, file.inJob, part.have, context.signal)
  try {
    for await (const chunk of reply.body as AsyncIterable<Buffer>) {
      if (part.have + chunk.length > file.size) {
        throw new DistError('too_large', `the head sends more of ${file.path} than its ${file.size} bytes`, {
          hint: 'do not trust this head before its administrator has looked',
        })
      }
      write(part, chunk, file.path)
      onBytes(chunk.length)
    }
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof DistError) throw error
    throw new DistError('unreachable', `the connection broke: ${errorMessage(error)}`, {
      hint: 'pull again: it goes on from there',
      cause: error,
    })
  } finally {
    reply.body.destroy()
  }
  if (part.have < file.size)
    throw new DistError('unreachable', `the head sent only a part of ${file.path}`, { hint: 'pull again: it goes on from there' })
}

function write(part: Part, chunk: Buffer, shown: string): void {
  try {
    for (let at = 0; at < chunk.length; ) at += writeSync(part.fd, chunk, at, chunk.length - at, part.have + at)
  } catch (error) {
    throw new DistError('disk_full', `cannot write ${shown}: ${errorMessage(error)}`, {
      hint: 'make room, then pull again: it goes on from there',
    })
  }
  part.hash.update(chunk)
  part.have += chunk.length
}

/** Opens the part, never through a link, and hashes what is there. */
function openPart(path: string, size: number): Part {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat !== undefined && !stat.isFile()) rmSync(path, { recursive: true, force: true })
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
  const part: Part = { fd, hash: createHash('sha256'), have: 0 }
  if ((stat?.size ?? 0) > size) ftruncateSync(fd, 0)
  const buffer = Buffer.allocUnsafe(1 << 20)
  for (;;) {
    const n = readSync(fd, buffer, 0, buffer.length, part.have)
    if (n === 0) return part
    part.hash.update(buffer.subarray(0, n))
    part.have += n
  }
}
