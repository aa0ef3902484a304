// The output file of one running attempt, read behind its writer. Used by the live log.
//
// What is read here is the attempt's alone: the keeper gave it the file attempts/<id>/stdout.txt while the attempt was the
// slot's only one, and opened another file for the slot; nothing else ever writes to this one (docs/keeper-protocol.md).
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { keptHead, keptTail } from '../../shared/model/output-cap.ts'

export interface Kept {
  readonly head: number
  readonly tail: number
}

export interface Chunk {
  /** valid until the next read */
  readonly data: Buffer
  readonly offset: number
  /** bytes right before it that are gone */
  readonly skipped: number
}

export class FollowedFile {
  readonly #path: string
  readonly #kept: Kept
  #fd = -1
  /** end of what the head has, or will never get */
  #at = 0

  constructor(path: string, kept: Kept = { head: keptHead, tail: keptTail }) {
    this.#path = path
    this.#kept = kept
  }

  /** Goes on at `offset`: the head told what it has. */
  seek(offset: number): void {
    this.#at = offset
  }

  /**
   * What is new, at most one buffer; null at the end. Never bytes of a hole: the keeper punches only [head, size - tail),
   * and the size only grows, so what is outside that range after the read was whole while it was read.
   */
  read(buffer: Buffer): Chunk | null {
    const fd = this.#open()
    if (fd < 0) return null
    const { head, tail } = this.#kept
    let size = fstatSync(fd).size
    let offset = this.#at
    for (;;) {
      // a quarter of the tail ahead of the hole, or a flood would overtake us at once
      if (offset >= head && offset < size - tail) offset = size - (tail / 4) * 3
      if (offset >= size) return null
      const room = offset < head ? Math.min(buffer.length, head - offset) : buffer.length
      const n = readSync(fd, buffer, 0, room, offset)
      if (n === 0) return null
      size = fstatSync(fd).size
      if (offset < head || offset >= size - tail) return { data: buffer.subarray(0, n), offset, skipped: offset - this.#at }
    }
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd)
    this.#fd = -1
  }

  /** Opened once: the descriptor goes on when the folder is removed. */
  #open(): number {
    if (this.#fd >= 0) return this.#fd
    try {
      this.#fd = openSync(this.#path, 'r')
    } catch {
      // not there, or there no more
    }
    return this.#fd
  }
}
