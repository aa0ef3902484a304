// A result file as a stream that closes its descriptor.
import { closeSync, createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { DistError } from '../../shared/base/errors.ts'
import type { OpenResult } from '../ports/result-places.ts'
import type { Sized } from '../ports/results.ts'

/** read at once: with Node's own 64 KiB a gigabyte costs the head three times the CPU */
const pieceBytes = 1 << 19

/** Bytes from `offset` on; `bad_offset` behind the end. */
export function streamResult(open: OpenResult, offset: number): Sized {
  const length = open.size - offset
  if (length > 0) {
    const start = open.start + offset
    return {
      stream: createReadStream('', { fd: open.fd, start, end: start + length - 1, autoClose: true, highWaterMark: pieceBytes }),
      length,
    }
  }
  closeSync(open.fd)
  if (length === 0) return { stream: Readable.from([]), length }
  throw new DistError('bad_offset', `there are only ${open.size} bytes`, { ids: { have: open.size } })
}
