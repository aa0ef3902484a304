// Reads a raw body so that an answer can still be sent when reading stops early.
import { addAbortSignal, type Readable } from 'node:stream'
import type { DiskSpace } from '../ports/disk-space.ts'

/** Chunks of the body, while there is room for them. Leaving the loop keeps the connection; `signal` ends it. */
export async function* readBody(stream: Readable, space: DiskSpace, signal: AbortSignal): AsyncGenerator<Buffer> {
  addAbortSignal(signal, stream)
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    space.assertFor(chunk.length)
    yield chunk
  }
}

/** The whole body in memory; null when it has more than `limit` bytes. */
export async function readSmallBody(stream: Readable, limit: number, space: DiskSpace, signal: AbortSignal): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of readBody(stream, space, signal)) {
    size += chunk.length
    if (size > limit) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
