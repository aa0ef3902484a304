// 16 MiB that the head keeps on its disk for the worst moment: when a commit finds no space they are given up, so that
// records, orders and `dist kill` can still be written (durability.md 8). Made again when there is room. Owned by the writer.
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const pieceBytes = 1 << 20
/** It is made only where so many times its size is free. */
const spare = 3

export class Ballast {
  readonly #path: string
  readonly #bytes: number

  /** `path` = the data folder's ballast */
  constructor(path: string, bytes = 16 << 20) {
    this.#path = path
    this.#bytes = bytes
  }

  get isThere(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.size === this.#bytes
  }

  /** Real blocks, not a hole. False when there is no room for it; then nothing is left of the try. */
  make(): boolean {
    if (this.isThere) return true
    const { bavail, bsize } = statfsSync(dirname(this.#path))
    if (bavail * bsize < this.#bytes * spare) return false
    try {
      const fd = openSync(this.#path, 'w', 0o600)
      try {
        // not zeros: file systems that compress would keep nothing of them
        const piece = Buffer.alloc(pieceBytes)
        for (let i = 0; i < piece.length; i++) piece[i] = (i * 2654435761) >>> 13
        for (let at = 0; at < this.#bytes; ) at += writeSync(fd, piece, 0, Math.min(piece.length, this.#bytes - at))
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
      return true
    } catch {
      this.drop()
      return false
    }
  }

  /** Gives the space back; false when there was nothing to give. */
  drop(): boolean {
    const was = this.isThere
    rmSync(this.#path, { force: true })
    return was
  }
}
