// A large file while it grows: hashed as it comes, written in pieces. Memory is bounded: one piece is gathered and hashed
// while the one before it is written.
import { createHash, type Hash } from 'node:crypto'
import { close, fdatasync, ftruncateSync, read, writev } from 'node:fs'
import { promisify } from 'node:util'
import { failed } from './save-folder.ts'

/** Bytes gathered for one write; twice as many are lost at a kill. */
const pieceBytes = 1 << 18
/** The disk is set to work after so many bytes, so that the sync at the end does not have it all to do. */
const flushBytes = 64 << 20

const readAsync = promisify(read)
const writevAsync = promisify(writev)
const fdatasyncAsync = promisify(fdatasync)
const closeAsync = promisify(close)

export class GrowingFile {
  readonly #fd: number
  /** for messages */
  readonly #shown: string
  #hash: Hash = createHash('sha256')
  #written = 0
  #chunks: Buffer[] = []
  #gathered = 0
  #inFlight = 0
  #writing: Promise<void> = Promise.resolve()
  #unflushed = 0
  #flushing: Promise<void> | null = null

  /** The descriptor is closed by `close`. */
  constructor(fd: number, shown: string) {
    this.#fd = fd
    this.#shown = shown
  }

  /** Bytes that are here, written or on their way. */
  get have(): number {
    return this.#written + this.#inFlight + this.#gathered
  }

  /** Takes what an earlier pull left into the hash; throws all of it away when it is more than there should be. */
  async resume(most: number, signal: AbortSignal): Promise<void> {
    const buffer = Buffer.allocUnsafe(1 << 20)
    for (;;) {
      signal.throwIfAborted()
      const { bytesRead } = await readAsync(this.#fd, buffer, 0, buffer.length, this.#written)
      if (bytesRead === 0) return
      if (this.#written + bytesRead > most) {
        ftruncateSync(this.#fd, 0)
        this.#hash = createHash('sha256')
        this.#written = 0
        return
      }
      this.#hash.update(buffer.subarray(0, bytesRead))
      this.#written += bytesRead
    }
  }

  /** True when there is enough for a write. */
  add(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    this.#gathered += chunk.length
    return this.#gathered >= pieceBytes
  }

  /** Begins to write what was gathered, when the write before it is done. Throws what that one threw. */
  async write(): Promise<void> {
    await this.#writing
    const [chunks, bytes] = [this.#chunks, this.#gathered]
    if (bytes === 0) return
    this.#chunks = []
    this.#gathered = 0
    this.#inFlight = bytes
    this.#writing = this.#writeAll(chunks).then(() => {
      this.#inFlight = 0
      this.#written += bytes
      this.#flush(bytes)
    })
    // whoever awaits it later throws what it throws
    this.#writing.catch(() => undefined)
    for (const chunk of chunks) this.#hash.update(chunk)
  }

  /** All that came is written. */
  async drain(): Promise<void> {
    await this.write()
    await this.#writing
  }

  /** SHA-256 of all that came, in hex; once, at the end. */
  digest(): string {
    return this.#hash.digest('hex')
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined)
    await this.#flushing
    await closeAsync(this.#fd)
  }

  async #writeAll(chunks: readonly Buffer[]): Promise<void> {
    try {
      let left = [...chunks]
      for (let position = this.#written; left.length > 0; ) {
        let { bytesWritten: done } = await writevAsync(this.#fd, left, position)
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
      throw failed(this.#shown, error)
    }
  }

  /** Failures show at the sync that counts. */
  #flush(bytes: number): void {
    this.#unflushed += bytes
    if (this.#unflushed < flushBytes || this.#flushing !== null) return
    this.#unflushed = 0
    const done = () => {
      this.#flushing = null
    }
    this.#flushing = fdatasyncAsync(this.#fd).then(done, done)
  }
}
