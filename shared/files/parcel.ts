// A parcel: many small files in one stream, for `dist pull`. Frames of a fixed head and a body, in any order:
//
//   u32 number of the file in the request | u32 kind | u64 length of the body | body
//
// The last frame is `end`, so that a cut is noticed. Why no tar: docs/decisions/0018-pulling.md.
import { DistError } from '../base/errors.ts'

export const parcelType = 'application/x-dist-parcel'
export const parcelHead = 16

/** `file`: its bytes; `problem`: JSON `{code, message}`, why there are none; `end`: no body, `index` = files asked for. */
export type FrameKind = 'file' | 'problem' | 'end'
const kinds: readonly FrameKind[] = ['file', 'problem', 'end']

export interface FrameHead {
  readonly index: number
  readonly kind: FrameKind
  /** bytes of the body */
  readonly length: number
}

export interface FileProblem {
  readonly code: string
  readonly message: string
}

/** Writes a frame's head at `at`, where there is room for `parcelHead` bytes. */
export function writeHead(into: Buffer, at: number, { index, kind, length }: FrameHead): void {
  into.writeUInt32BE(index, at)
  into.writeUInt32BE(kinds.indexOf(kind), at + 4)
  into.writeUInt32BE(Math.floor(length / 2 ** 32), at + 8)
  into.writeUInt32BE(length >>> 0, at + 12)
}

/** Reads frames from a stream that may be cut anywhere, or be made up by somebody hostile. */
export class ParcelReader {
  readonly #source: AsyncIterator<Buffer>
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** The next frame's head. Throws `bad_archive` for what is none, `unreachable` when the stream ends before its `end`. */
  async head(): Promise<FrameHead> {
    const bytes = await this.take(parcelHead)
    const kind = kinds[bytes.readUInt32BE(4)]
    const length = bytes.readUInt32BE(8) * 2 ** 32 + bytes.readUInt32BE(12)
    if (kind === undefined || !Number.isSafeInteger(length)) throw new DistError('bad_archive', 'what the head sent is no parcel of files')
    return { index: bytes.readUInt32BE(0), kind, length }
  }

  /** Exactly `length` bytes, which the caller found to be not too many. Valid until the next call. */
  async take(length: number): Promise<Buffer> {
    if (this.#chunk.length - this.#at >= length) {
      this.#at += length
      return this.#chunk.subarray(this.#at - length, this.#at)
    }
    const whole = Buffer.allocUnsafe(length)
    let have = this.#chunk.copy(whole, 0, this.#at)
    while (have < length) {
      const next = await this.#source.next()
      if (next.done === true) throw new DistError('unreachable', 'the head broke off in the middle of its answer', { hint: 'pull again' })
      this.#chunk = next.value
      this.#at = this.#chunk.copy(whole, have, 0, length - have)
      have += this.#at
    }
    return whole
  }

  /** A problem's body; `length` is checked. */
  async problem(length: number): Promise<FileProblem> {
    if (length > mostProblemBytes) throw new DistError('bad_archive', 'the head sent a problem that is too long')
    try {
      const { code, message } = JSON.parse((await this.take(length)).toString()) as Partial<Record<keyof FileProblem, unknown>>
      if (typeof code === 'string' && typeof message === 'string') return { code, message }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
    throw new DistError('bad_archive', 'the head sent a problem that cannot be read')
  }
}

export const mostProblemBytes = 8192
