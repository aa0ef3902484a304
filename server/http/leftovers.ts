// After an answer that came before the end of an upload: node reads on so that the client gets to see the answer. This
// bounds it; a client that goes on sending is cut off.
import type { IncomingMessage } from 'node:http'
import { leftover } from './limits.ts'

/** Called when the answer is out. */
export function cutLeftovers(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  let bytes = 0
  const cut = (): void => void request.socket.destroy()
  const timer = setTimeout(cut, leftover.ms)
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > leftover.bytes) cut()
  })
  const settle = (): void => clearTimeout(timer)
  request.once('end', settle)
  request.once('close', settle)
  request.resume()
}
