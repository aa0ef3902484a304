// SHA-256 of buffers and files. node:crypto uses the CPU's SHA instructions: 1.9 GB/s, no hash package needed.
import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import type { Sha256 } from '../model/ids.ts'

/** SHA-256 of bytes or of UTF-8 text. */
export function sha256(data: Uint8Array | string): Sha256 {
  return createHash('sha256').update(data).digest('hex') as Sha256
}

/** SHA-256 and size of a file, streamed in 1 MiB reads; leaves the event loop free. `onBytes` hears of each read. */
export async function sha256File(
  path: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<{ sha256: Sha256; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  const stream = createReadStream(path, { highWaterMark: 1 << 20, ...(signal === undefined ? {} : { signal }) })
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
    onBytes?.(chunk.length)
  }
  return { sha256: hash.digest('hex') as Sha256, size }
}

/** The same with sync calls: four times faster for small files, blocks for large ones. */
export function sha256FileSync(path: string): { sha256: Sha256; size: number } {
  const hash = createHash('sha256')
  const fd = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(1 << 16)
    let size = 0
    for (;;) {
      const n = readSync(fd, buffer, 0, buffer.length, null)
      if (n === 0) break
      hash.update(buffer.subarray(0, n))
      size += n
    }
    return { sha256: hash.digest('hex') as Sha256, size }
  } finally {
    closeSync(fd)
  }
}
