// Fetches one large file, going on where the last try (or the last `dist pull`) broke off. Memory is bounded: one piece is
// hashed while the one before it is written.
import { createHash, type Hash } from 'node:crypto'
import { close, fdatasync, ftruncateSync, read, writev } from 'node:fs'
import { promisify } from 'node:util'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { isTrouble } from '../local/patience.ts'
import type { WantedFile } from './checked-manifest.ts'
import { type Fetching, otherBytes, request } from './fetch-small.ts'
import { failed } from './save-folder.ts'

/** Bytes gathered for one write; twice as many are lost at a kill. */
const pieceBytes = 1 << 18
/** The disk is set to work after so many bytes, so that the sync at the end does not have it all to do. */
const flushBytes = 64 << 20

const readAsync = promisify(read)
const writevAsync = promisify(writev)
const fdatasyncAsync = promisify(fdatasync)
const closeAsync = promisify(close)

/** The file while it grows: `have` bytes are on disk and in the hash. */
interface Part {
  readonly fd: number
  hash: Hash
  have: number
  unflushed: number
  flushing: Promise<void> | null
}

/** Adds the file to the work folder when it is whole and its hash is right; else tells `onBad`. */
export async function fetchLarge(fetching: Fetching, file: WantedFile): Promise<void> {
  const { work, staging } = fetching
  // a part of an earlier pull may be bad: then once more from the start
  for (const fresh of [false, true]) {
    if (fresh) work.drop(file)
    const part: Part = { fd: work.openPart(file), hash: createHash('sha256'), have: 0, unflushed: 0, flushing: null }
    let resumed = false
    try {
      await hashPresent(fetching, part, file.size)
      resumed = part.have > 0
      fetching.onBytes(part.have)
      await complete(fetching, file, part)
    } finally {
      await part.flushing
      await closeAsync(part.fd)
    }
    if (part.hash.digest('hex') === file.sha256) {
      staging.add(file)
      return
    }
    fetching.onBytes(-file.size)
    if (!resumed) break
  }
  fetching.onBad(file, otherBytes)
}

async function complete(fetching: Fetching, file: WantedFile, part: Part): Promise<void> {
  const { context, stakes, tell } = fetching
  while (part.have < file.size) {
    // patience counts from the last progress: a bad line may take many tries for a large file
    await context.patiently(
      stakes,
      async () => {
        const before = part.have
        try {
          await more(fetching, file, part)
        } catch (error) {
          if (part.have === before || !isTrouble(error)) throw error
        }
      },
      tell,
    )
  }
}

async function more({ context, head, onBytes }: Fetching, file: WantedFile, part: Part): Promise<void> {
  const reply = await head.file(request(file), part.have, context.signal)
  const pieces = new Pieces(part, file)
  try {
    for await (const chunk of reply.body as AsyncIterable<Buffer>) {
      if (part.have + pieces.bytes + chunk.length > file.size) {
        throw new DistError('too_large', `the head sends more of ${file.path} than its ${file.size} bytes`, {
          hint: 'do not trust this head before its administrator has looked',
        })
      }
      onBytes(chunk.length)
      if (pieces.add(chunk)) await pieces.write()
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
    // also what came before the line broke
    await pieces.end()
  }
  if (part.have < file.size)
    throw new DistError('unreachable', `the head sent only a part of ${file.path}`, { hint: 'pull again: it goes on from there' })
}

/** Chunks of a reply on their way to the disk: one lot is gathered and hashed while the one before it is written. */
class Pieces {
  readonly #part: Part
  readonly #file: WantedFile
  #chunks: Buffer[] = []
  #gathered = 0
  #writing: Promise<void> | null = null
  #inFlight = 0

  constructor(part: Part, file: WantedFile) {
    this.#part = part
    this.#file = file
  }

  /** Bytes that came and are not in the part yet. */
  get bytes(): number {
    return this.#gathered + this.#inFlight
  }

  /** True when there is enough for a write. */
  add(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    this.#gathered += chunk.length
    return this.#gathered >= pieceBytes
  }

  /** Begins to write what was gathered when the write before it is done; hashes it meanwhile. */
  async write(): Promise<void> {
    if (this.#writing !== null) await this.#writing
    const chunks = this.#chunks
    const bytes = this.#gathered
    if (bytes === 0) return
    this.#chunks = []
    this.#gathered = 0
    this.#inFlight = bytes
    const part = this.#part
    this.#writing = writeAll(part.fd, chunks, part.have, this.#file.path).then(() => {
      this.#inFlight = 0
      part.have += bytes
      flush(part, bytes)
    })
    // whoever awaits it later throws what it throws
    this.#writing.catch(() => undefined)
    for (const chunk of chunks) part.hash.update(chunk)
  }

  async end(): Promise<void> {
    await this.write()
    await this.#writing
  }
}

async function writeAll(fd: number, chunks: Buffer[], at: number, shown: string): Promise<void> {
  try {
    let left = chunks
    for (let position = at; left.length > 0; ) {
      let { bytesWritten: done } = await writevAsync(fd, left, position)
      position += done
      // a disk that is nearly full takes a part
      const next = left.findIndex((chunk) => {
        if (done < chunk.length) return true
        done -= chunk.length
        return false
      })
      left = next < 0 ? [] : left.slice(next).map((chunk, i) => (i === 0 ? chunk.subarray(done) : chunk))
    }
  } catch (error) {
    throw failed(shown, error)
  }
}

/** Failures show at the sync that counts. */
function flush(part: Part, bytes: number): void {
  part.unflushed += bytes
  if (part.unflushed < flushBytes || part.flushing !== null) return
  part.unflushed = 0
  part.flushing = fdatasyncAsync(part.fd).then(
    () => {
      part.flushing = null
    },
    () => {
      part.flushing = null
    },
  )
}

/** Takes what an earlier pull left into the hash; all of it is thrown away when it is more than there should be. */
async function hashPresent({ context }: Fetching, part: Part, size: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(pieceBytes)
  for (;;) {
    context.signal.throwIfAborted()
    const { bytesRead } = await readAsync(part.fd, buffer, 0, buffer.length, part.have)
    if (bytesRead === 0) return
    if (part.have + bytesRead > size) {
      ftruncateSync(part.fd, 0)
      part.hash = createHash('sha256')
      part.have = 0
      return
    }
    part.hash.update(buffer.subarray(0, bytesRead))
    part.have += bytesRead
  }
}
