// Where one trial's job connects to. It may connect as often as it likes, and mostly says nothing; whatever it says is kept in a
// file at once, for nothing is said twice. Anything else that connects is closed when it makes no sense. Owned by the
// launcher (trial-listeners.ts), because a connection may be idle for days while agents come and go.
//
//   listening -> draining (the job has ended: what is under way is read to its end, for a while) -> closed
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { endFrames, newFrames, pushFrames } from '../../shared/trial/frames.ts'
import { FramesFile } from './frames-file.ts'
import { keepLink } from './socket-link.ts'

export type ListenAt = { readonly kind: 'socket'; readonly host: string } | { readonly kind: 'unix'; readonly path: string }

const mostConnections = 256
/** messages of one trial */
const mostFrames = 10_000
/** bytes of one trial's messages that have not come to their end, over all connections */
const mostPending = 128 << 20
/** ms that a connection has to end once the job has: of a job that is gone it ends at once, unless it comes from another host */
const patience = 5_000
/** ms of silence before the other host is asked whether it is still there */
const keepAlive = 60_000

export class TrialListener {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #file: FramesFile
  readonly #log: (text: string) => void
  #unlink: (() => void) | null = null
  #frames = 0
  #pending = 0

  /** `path`: where what comes is kept */
  constructor(path: string, log: (text: string) => void) {
    this.#file = new FramesFile(path)
    this.#log = log
    this.#server = createServer((socket) => this.#accept(socket))
    this.#server.maxConnections = mostConnections
    this.#server.on('error', (error) => log(`a trial's listener: ${error.message}`))
  }

  /** Resolves to the port, 0 for a path. Rejects with the system's error. */
  async listen(at: ListenAt): Promise<number> {
    const listening = once(this.#server, 'listening')
    if (at.kind === 'socket') this.#server.listen(0, at.host)
    else this.#unlink = keepLink(this.#server, at.path)
    await listening
    return at.kind === 'socket' ? (this.#server.address() as AddressInfo).port : 0
  }

  /** The job's processes are gone: reads what they sent. Resolves to what was not kept, or null. */
  async drain(): Promise<string | null> {
    // whoever connected before the job ended is accepted first
    await turn()
    await turn()
    const closed = new Promise((resolve) => this.#server.close(resolve))
    const late = setTimeout(() => this.#endAll(), patience)
    await closed
    clearTimeout(late)
    this.#unlink?.()
    await this.#file.close()
    return this.#file.problem
  }

  /** Nobody wants it any more. */
  close(): void {
    this.#server.close()
    this.#endAll()
    this.#unlink?.()
    void this.#file.close()
  }

  #endAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.setKeepAlive(true, keepAlive)
    const frames = newFrames()
    socket.on('data', (bytes: Buffer) => {
      const before = frames.size
      for (const text of pushFrames(frames, bytes)) this.#keep(text)
      this.#pending += frames.size - before
      const much = this.#pending > mostPending ? `messages of more than ${mostPending >> 20} MiB came at once` : null
      if (much !== null) this.#file.problem ??= `${much}: not all were kept`
      const why = frames.refused ?? much
      if (why === null) return
      this.#log(`a trial's connection is closed: ${why}`)
      socket.destroy()
    })
    socket.on('error', () => {})
    socket.once('close', () => {
      this.#sockets.delete(socket)
      this.#pending -= frames.size
      if (frames.refused === null && endFrames(frames) === 'cut') this.#log('a trial ended in the middle of a message')
    })
  }

  #keep(text: string): void {
    if (++this.#frames <= mostFrames) this.#file.append(text)
    else this.#file.problem ??= `more than ${mostFrames} messages came: the later ones were not kept`
  }
}
