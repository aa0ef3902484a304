// A result file as a stream that closes its descriptor.
import { closeSync, createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { OpenResult } from './result-reader.ts'

/** Bytes from `offset` on (at most the file's size). */
export function streamResult(open: OpenResult, offset: number): { stream: Readable; length: number } {
  const length = open.size - offset
  if (length <= 0) {
    closeSync(open.fd)
    return { stream: Readable.from([]), length: 0 }
  }
  const start = open.start + offset
  return { stream: createReadStream('', { fd: open.fd, start, end: start + length - 1, autoClose: true }), length }
}
