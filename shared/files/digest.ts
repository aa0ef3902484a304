// SHA-256 of buffers and files. node:crypto uses the CPU's SHA instructions: 1.9 GB/s, no hash package needed.
import { createHash, hash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import type { Sha256 } from '../model/ids.ts'

/** SHA-256 of bytes or of UTF-8 text. */
export function sha256(data: Uint8Array | string): Sha256 {
  // in one call: four times faster than a Hash object for small data
  return hash('sha256', data, 'hex') as Sha256
}

/** SHA-256 and size of a file, streamed in 1 MiB reads; leaves the event loop free. `onBytes` hears of each read. */
export async function sha256File(
  path: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<{ sha256: Sha256; size: number }> {
  const whole = createHash('sha256')
  let size = 0
  const stream = createReadStream(path, { highWaterMark: 1 << 20, ...(signal === undefined ? {} : { signal }) })
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    whole.update(chunk)
    size += chunk.length
    onBytes?.(chunk.length)
  }
  return { sha256: whole.digest('hex') as Sha256, size }
}

/** The same with sync calls: four times faster for small files, blocks for large ones. */
export function sha256FileSync(path: string): { sha256: Sha256; size: number } {
  const whole = createHash('sha256')
  const fd = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(1 << 16)
    let size = 0
    for (;;) {
      const n = readSync(fd, buffer, 0, buffer.length, null)
      if (n === 0) break
      whole.update(buffer.subarray(0, n))
      size += n
    }
    return { sha256: whole.digest('hex') as Sha256, size }
  } finally {
    closeSync(fd)
  }
}
