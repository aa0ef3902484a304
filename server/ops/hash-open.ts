// SHA-256 of an open file's part, read piece by piece. Used by verify.
import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'
import type { Sha256 } from '../../shared/model/ids.ts'
import type { OpenResult } from '../ports/result-places.ts'

const pieceBytes = 1 << 20

/** `between` is called after every piece with its bytes. A file that ends early gives the hash of what is there. */
export function hashOpen({ fd, start, size }: OpenResult, between: (bytes: number) => void): Sha256 {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(Math.min(size, pieceBytes))
  for (let at = 0; at < size; ) {
    const got = readSync(fd, buffer, 0, Math.min(buffer.length, size - at), start + at)
    if (got === 0) break
    hash.update(buffer.subarray(0, got))
    at += got
    between(got)
  }
  return hash.digest('hex') as Sha256
}
