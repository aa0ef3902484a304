// Output of running attempts and builds as it comes in: logs/<id>.log, for looking only. The committed result has its
// own stdout; this file goes then. Never synced.
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { DistError } from '../../shared/base/errors.ts'

const defaultCap = 64 << 20

export class LiveLogs {
  readonly #folder: string
  readonly #cap: number

  /** `folder` = the data folder's logs/; beyond `cap` bytes an attempt's output is acknowledged and not kept. */
  constructor(folder: string, cap = defaultCap) {
    this.#folder = folder
    this.#cap = cap
    mkdirSync(folder, { recursive: true })
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.log`)
  }

  /** Appends a chunk that begins at `offset`; what is here already is skipped. Answers how much is here. */
  append(id: string, offset: number, chunk: Buffer): number {
    const fd = openSync(this.#path(id), constants.O_WRONLY | constants.O_CREAT, 0o600)
    try {
      const size = fstatSync(fd).size
      const end = offset + chunk.length
      if (size >= this.#cap) return Math.max(size, end)
      if (offset > size) {
        throw new DistError('bad_offset', `${size} bytes of the output are here, cannot go on at ${offset}`, {
          hint: `go on at ${size}`,
          ids: { have: size },
        })
      }
      if (end <= size) return size
      const keep = Math.min(end, this.#cap)
      let at = size
      try {
        while (at < keep) at += writeSync(fd, chunk, at - offset, keep - at, at)
      } catch (error) {
        ftruncateSync(fd, size)
        throw error
      }
      return end
    } finally {
      closeSync(fd)
    }
  }

  sizeOf(id: string): number {
    return statSync(this.#path(id), { throwIfNoEntry: false })?.size ?? 0
  }

  /** What is here from `offset` on; empty when nothing is. */
  read(id: string, offset: number): { stream: Readable; length: number } {
    const size = this.sizeOf(id)
    if (offset >= size) return { stream: Readable.from([]), length: 0 }
    return { stream: createReadStream(this.#path(id), { start: offset, end: size - 1 }), length: size - offset }
  }

  /** Ids of which output is here. */
  ids(): string[] {
    return readdirSync(this.#folder).flatMap((name) => (name.endsWith('.log') ? [name.slice(0, -4)] : []))
  }

  discard(id: string): void {
    rmSync(this.#path(id), { force: true })
  }
}
