// Output of running attempts and builds as it comes in, for looking only: the committed result has its own stdout, and
// what is here goes then. Never synced. The first and the last bytes are kept (shared/model/output-cap.ts):
//
//   logs/<id>.log            bytes from 0 on, at most `head`
//   logs/<id>.<start>.part   bytes from <start> on; the oldest goes while the others still hold `tail` bytes
//
// Where a part does not begin at the end of the one before, bytes are missing.
import { EventEmitter, once } from 'node:events'
import {
  closeSync,
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
import { keptHead, keptTail } from '../../shared/model/output-cap.ts'

/** A part of the tail is this share of it. */
const partShare = 4

export interface KeptBytes {
  readonly head: number
  readonly tail: number
}

/** What came so far, from `from` (the offset asked for, or behind a gap) to the next gap or a part's end. */
export interface LiveOutput {
  readonly stream: Readable
  readonly length: number
  readonly from: number
  /** end of all that came so far */
  readonly size: number
}

interface Part {
  readonly start: number
  end: number
}

export class LiveLogs {
  readonly #folder: string
  readonly #kept: KeptBytes
  /** in order; read from the folder once an id */
  readonly #parts = new Map<string, Part[]>()
  readonly #changes = new EventEmitter().setMaxListeners(0)

  /** `folder` = the data folder's logs/. */
  constructor(folder: string, kept: KeptBytes = { head: keptHead, tail: keptTail }) {
    this.#folder = folder
    this.#kept = kept
    mkdirSync(folder, { recursive: true })
  }

  /**
   * Appends a chunk that begins at `offset`; what is here already is passed over. `skipped` bytes right before it will
   * never come. Answers the end of what is here; `bad_offset` when the chunk does not go on there.
   */
  append(id: string, offset: number, chunk: Buffer, skipped = 0): number {
    const parts = this.#partsOf(id)
    const size = parts.at(-1)?.end ?? 0
    if (offset - skipped > size || (offset > size && size === 0)) {
      throw new DistError('bad_offset', `${size} bytes of the output are here, cannot go on at ${offset}`, {
        hint: `go on at ${size}`,
        ids: { have: size },
      })
    }
    if (offset + chunk.length <= size) return size
    if (offset > size) parts.push({ start: offset, end: offset })
    let rest = chunk.subarray(Math.max(0, size - offset))
    while (rest.length > 0) {
      const part = this.#openPart(parts, size)
      const room = (part.start === 0 ? this.#kept.head : this.#kept.tail / partShare) - (part.end - part.start)
      const piece = rest.subarray(0, room)
      this.#write(id, part, piece)
      rest = rest.subarray(piece.length)
    }
    this.#drop(id, parts)
    this.#changes.emit(id)
    return parts.at(-1)?.end ?? 0
  }

  /** Settles when something came for the id, after `ms` at the latest; rejects when the signal fires. */
  async changed(id: string, ms: number, signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.timeout(Math.ceil(ms))
    await once(this.#changes, id, { signal: AbortSignal.any([signal, limit]) }).catch(() => undefined)
    signal.throwIfAborted()
  }

  /** Bytes that lie here. */
  sizeOf(id: string): number {
    return this.#partsOf(id).reduce((sum, part) => sum + part.end - part.start, 0)
  }

  read(id: string, offset: number): LiveOutput {
    const parts = this.#look(id)
    const size = parts.at(-1)?.end ?? 0
    const part = parts.find(({ end }) => end > offset)
    if (part === undefined) return { stream: Readable.from([]), length: 0, from: offset, size }
    const from = Math.max(offset, part.start)
    // Opened now: a flood may remove the part before the first byte is asked for.
    const fd = openSync(this.#path(id, part.start), 'r')
    const stream = createReadStream('', { fd, start: from - part.start, end: part.end - part.start - 1 })
    return { stream, length: part.end - from, from, size }
  }

  /** Ids of which output is here. */
  ids(): string[] {
    return [...new Set(readdirSync(this.#folder).flatMap((name) => /^(.+?)(?:\.log|\.\d+\.part)$/.exec(name)?.[1] ?? []))]
  }

  discard(id: string): void {
    for (const { start } of this.#look(id)) rmSync(this.#path(id, start), { force: true })
    this.#parts.delete(id)
    this.#changes.emit(id)
  }

  #path(id: string, start: number): string {
    return join(this.#folder, start === 0 ? `${id}.log` : `${id}.${start}.part`)
  }

  #partsOf(id: string): Part[] {
    const known = this.#look(id)
    this.#parts.set(id, known)
    return known
  }

  /** As `partsOf`, without keeping what nobody writes to. */
  #look(id: string): Part[] {
    const known = this.#parts.get(id)
    if (known !== undefined) return known
    const found: Part[] = []
    for (const name of this.#namesOf(id)) {
      const start = name.endsWith('.log') ? 0 : Number(name.slice(id.length + 1, -'.part'.length))
      const size = statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size ?? 0
      found.push({ start, end: start + size })
    }
    return found.sort((a, b) => a.start - b.start)
  }

  /** The parts begin beside a log: an output that has none has no parts. */
  #namesOf(id: string): string[] {
    if (statSync(this.#path(id, 0), { throwIfNoEntry: false }) === undefined) return []
    return readdirSync(this.#folder).filter((name) => name === `${id}.log` || (name.startsWith(`${id}.`) && name.endsWith('.part')))
  }

  /** The part that is written to: the last, or a new one when it is full. */
  #openPart(parts: Part[], size: number): Part {
    const last = parts.at(-1)
    const full = last !== undefined && last.end - last.start >= (last.start === 0 ? this.#kept.head : this.#kept.tail / partShare)
    if (last !== undefined && !full) return last
    const next = { start: last?.end ?? size, end: last?.end ?? size }
    parts.push(next)
    return next
  }

  #write(id: string, part: Part, piece: Buffer): void {
    const fd = openSync(this.#path(id, part.start), part.end === part.start ? 'w' : 'r+', 0o600)
    const before = part.end - part.start
    try {
      for (let at = 0; at < piece.length; ) at += writeSync(fd, piece, at, piece.length - at, before + at)
      part.end += piece.length
    } catch (error) {
      if (fstatSync(fd).size > before) ftruncateSync(fd, before)
      throw error
    } finally {
      closeSync(fd)
    }
  }

  #drop(id: string, parts: Part[]): void {
    let tail = parts.reduce((sum, part) => sum + (part.start === 0 ? 0 : part.end - part.start), 0)
    for (;;) {
      const oldest = parts.findIndex((part) => part.start > 0)
      const part = parts[oldest]
      if (part === undefined || tail - (part.end - part.start) < this.#kept.tail) return
      parts.splice(oldest, 1)
      rmSync(this.#path(id, part.start), { force: true })
      tail -= part.end - part.start
    }
  }
}
