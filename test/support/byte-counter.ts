// Stands between a head and one of those who call it, and counts the bytes that go either way. Used where a test or a
// bench says how much was sent.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface ByteCounter {
  /** to be used instead of the head's own */
  readonly url: string
  /** bytes that the head sent since the counter was started */
  readonly fromHead: () => number
  readonly toHead: () => number
  readonly stop: () => Promise<void>
}

/** Listens on a port of its own on loopback for connections to the head at `url`. */
export async function countBytes(url: string): Promise<ByteCounter> {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  let down = 0
  let up = 0
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    far.on('data', (chunk) => (down += chunk.length))
    near.on('data', (chunk) => (up += chunk.length))
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fromHead: () => down,
    toHead: () => up,
    stop: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
