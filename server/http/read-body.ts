// Reads a raw body so that an answer can still be sent when reading stops early.
import { addAbortSignal, type Readable } from 'node:stream'

/** Chunks of the body. Leaving the loop keeps the connection; `signal` ends it. */
export function readBody(stream: Readable, signal: AbortSignal): AsyncIterable<Buffer> {
  addAbortSignal(signal, stream)
  return { [Symbol.asyncIterator]: () => stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer> }
}

/** The whole body in memory; null when it has more than `limit` bytes. */
export async function readSmallBody(stream: Readable, limit: number, signal: AbortSignal): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of readBody(stream, signal)) {
    size += chunk.length
    if (size > limit) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
