// The keeper's line to the launcher: lists of orders in, lists of reports out. Reports of short jobs wait for company.
import { Socket } from 'node:net'
import { Lines } from '../launcher/lines.ts'
import type { KeeperReport } from '../launcher/messages.ts'

/** reports that leave together at most */
const groupSize = 32
const holdMs = 100
/** how long a launcher that does not read holds up our end */
const lastWordsMs = 1_000

export interface ChannelHandlers {
  /** one element of a list of orders, as it came */
  onOrder(order: unknown): void
  onEnd(): void
  complain(text: string): void
}

export class Channel {
  readonly #socket: Socket
  readonly #handlers: ChannelHandlers
  #reports: KeeperReport[] = []
  #hold: NodeJS.Timeout | null = null

  constructor(fd: number, handlers: ChannelHandlers) {
    this.#handlers = handlers
    this.#socket = new Socket({ fd, readable: true, writable: true, allowHalfOpen: true })
    const lines = new Lines()
    this.#socket.on('data', (chunk: Buffer) => {
      for (const line of lines.push(chunk)) this.#read(line)
    })
    // nobody is there: the journal has everything
    this.#socket.on('error', () => {})
    this.#socket.once('end', () => handlers.onEnd())
    this.#socket.once('close', () => handlers.onEnd())
  }

  /** The first line of a keeper's life. */
  ready(): void {
    this.#write([{ e: 'ready', pid: process.pid }])
  }

  report(report: KeeperReport): void {
    this.#reports.push(report)
    this.#hold ??= setTimeout(() => this.flush(), holdMs)
  }

  /** Sends what has gathered when waiting longer would gain nothing, or starve the agent of news. */
  sendDue(queued: number): void {
    if (this.#reports.length >= Math.min(groupSize, queued)) this.flush()
  }

  flush(): void {
    if (this.#hold !== null) clearTimeout(this.#hold)
    this.#hold = null
    if (this.#reports.length === 0) return
    this.#write(this.#reports)
    this.#reports = []
  }

  /** Resolves when the last words have left. */
  async close(): Promise<void> {
    this.flush()
    if (this.#socket.destroyed) return
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, lastWordsMs)
      this.#socket.once('close', () => resolve())
      this.#socket.end(() => {
        clearTimeout(late)
        resolve()
      })
    })
    this.#socket.destroy()
  }

  #write(list: readonly unknown[]): void {
    if (!this.#socket.destroyed && this.#socket.writable) this.#socket.write(`${JSON.stringify(list)}\n`)
  }

  #read(line: Buffer): void {
    let orders: unknown
    try {
      orders = JSON.parse(line.toString())
    } catch {
      this.#handlers.complain(`a line is no JSON: ${line.toString('latin1', 0, 200)}`)
      return
    }
    if (Array.isArray(orders)) for (const order of orders) this.#handlers.onOrder(order)
  }
}
