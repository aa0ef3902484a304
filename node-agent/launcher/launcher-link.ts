// The agent's end of its connection to the launcher: orders out, reports in, in lists. Made by client.ts.
import type { Socket } from 'node:net'
import { DistError } from '../../shared/base/errors.ts'
import { type Lines, splitAddress } from './lines.ts'
import { Listeners } from './listeners.ts'
import type {
  DrainedEvent,
  GoneEvent,
  HelloEvent,
  KeeperEvent,
  KeeperOrder,
  KeeperReport,
  LauncherEvent,
  LauncherOrder,
  ListeningEvent,
  ListenOrder,
} from './messages.ts'

export interface SlotReports {
  readonly slot: number
  readonly reports: readonly KeeperReport[]
}

interface Outgoing {
  /** the keeper's life that orders are meant for; null while none is ready, then they wait */
  pid: number | null
  orders: KeeperOrder[]
}

export class LauncherLink {
  readonly hello: HelloEvent
  private readonly socket: Socket
  private readonly python: string | null
  private readonly log: (text: string) => void
  private readonly slots_ = new Map<number, Outgoing>()
  private readonly reports = new Listeners<SlotReports>()
  private readonly keepers = new Listeners<KeeperEvent>()
  private readonly gone = new Listeners<GoneEvent>()
  private readonly ended = new Listeners<void>()
  private readonly syncs = new Map<number, (ok: boolean | null) => void>()
  private readonly pongs: (() => void)[] = []
  private readonly listens = new Map<string, (event: ListeningEvent | null) => void>()
  private readonly drains = new Map<string, (event: DrainedEvent | null) => void>()
  private lastSync = 0
  private flushing = false
  private closed_ = false

  constructor(
    socket: Socket,
    hello: HelloEvent,
    rest: readonly Buffer[],
    lines: Lines,
    python: string | null,
    log: (text: string) => void,
  ) {
    this.socket = socket
    this.hello = hello
    this.python = python
    this.log = log
    for (const [slot, pid] of Object.entries(hello.keepers)) this.onEvent({ e: 'keeper', slot: Number(slot), pid })
    for (const line of rest) this.read(line)
    socket.on('data', (chunk: Buffer) => {
      for (const line of lines.push(chunk)) this.read(line)
    })
    socket.once('close', () => this.onClosed())
    if (socket.destroyed) queueMicrotask(() => this.onClosed())
  }

  /**
   * Orders for a slot's keeper; those of one event-loop turn leave in one list. While the slot has no keeper they wait for it;
   * orders on their way to a keeper that dies meanwhile are lost, and `onGone` says so.
   */
  send(slot: number, orders: readonly KeeperOrder[]): void {
    const outgoing = this.outgoing(slot)
    for (const order of orders) outgoing.orders.push(order)
    this.flushSoon()
  }

  /** Lists of reports, in the keeper's order. */
  onReports(callback: (slot: number, reports: readonly KeeperReport[]) => void): () => void {
    return this.reports.add(({ slot, reports }) => callback(slot, reports))
  }

  /** A keeper is ready: also called for every one that was there when we connected. Ask it for `inv`, tell it its templates. */
  onKeeper(callback: (event: KeeperEvent) => void): () => void {
    return this.keepers.add(callback)
  }

  /** A keeper died. What it held is gone: read the journal when the next one is ready. */
  onGone(callback: (event: GoneEvent) => void): () => void {
    return this.gone.add(callback)
  }

  /** The connection has ended: the launcher stopped or died, or another agent took over. */
  onClose(callback: () => void): () => void {
    return this.ended.add(callback)
  }

  /** An order for the launcher itself; what was sent to keepers before leaves before it. */
  control(order: LauncherOrder): void {
    if (this.closed_) return
    this.flush()
    this.socket.write(`- ${JSON.stringify(order)}\n`)
  }

  /** This many keepers, started where missing. */
  slots(n: number): void {
    this.control({ op: 'slots', n, python: this.python })
  }

  /** `sync -f` on the work folder; false when it failed, null when the connection ended before it was known. */
  sync(): Promise<boolean | null> {
    return new Promise((resolve) => {
      if (this.closed_) return resolve(null)
      const id = ++this.lastSync
      this.syncs.set(id, resolve)
      this.control({ op: 'sync', id })
    })
  }

  /** Resolves when the launcher answered everything that was sent before. */
  ping(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.closed_) return reject(connectionEnded())
      this.pongs.push(resolve)
      this.control({ op: 'ping' })
    })
  }

  /** A trial's job will connect; null when the connection ended before the answer. */
  listen(order: ListenOrder): Promise<ListeningEvent | null> {
    return this.ask(this.listens, order)
  }

  /** All that a trial's job sent is on the disk; null when the connection ended before the answer. */
  drain(id: string): Promise<DrainedEvent | null> {
    return this.ask(this.drains, { op: 'drain', id })
  }

  /** Ends every keeper, its job after `grace` seconds, and the launcher; resolves when the launcher has gone. */
  stop(grace: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.closed_) return resolve()
      this.ended.add(() => resolve())
      this.control({ op: 'stop', grace })
    })
  }

  /** Ends the connection only; jobs go on. */
  close(): void {
    this.flush()
    this.socket.end()
    this.socket.destroySoon()
  }

  get closed(): boolean {
    return this.closed_
  }

  /** One question of a kind at a time for an attempt: the earlier one gets no answer. */
  private ask<T>(asked: Map<string, (answer: T | null) => void>, order: LauncherOrder & { readonly id: string }): Promise<T | null> {
    return new Promise((resolve) => {
      if (this.closed_) return resolve(null)
      asked.get(order.id)?.(null)
      asked.set(order.id, resolve)
      this.control(order)
    })
  }

  private outgoing(slot: number): Outgoing {
    let outgoing = this.slots_.get(slot)
    if (outgoing === undefined) {
      outgoing = { pid: null, orders: [] }
      this.slots_.set(slot, outgoing)
    }
    return outgoing
  }

  private flushSoon(): void {
    if (this.flushing) return
    this.flushing = true
    setImmediate(() => this.flush())
  }

  private flush(): void {
    this.flushing = false
    if (this.closed_) return
    let text = ''
    for (const [slot, outgoing] of this.slots_) {
      if (outgoing.pid === null || outgoing.orders.length === 0) continue
      text += `${slot}:${outgoing.pid} ${JSON.stringify(outgoing.orders)}\n`
      outgoing.orders = []
    }
    if (text !== '') this.socket.write(text)
  }

  private read(line: Buffer): void {
    const parts = splitAddress(line)
    if (parts === null) return
    const text = parts.rest.toString()
    if (parts.address === '-') this.onEvent(JSON.parse(text) as LauncherEvent)
    else this.reports.emit({ slot: Number(parts.address), reports: JSON.parse(text) as KeeperReport[] })
  }

  private onEvent(event: LauncherEvent): void {
    switch (event.e) {
      case 'hello':
        return
      case 'keeper':
        this.outgoing(event.slot).pid = event.pid
        this.keepers.emit(event)
        this.flushSoon()
        return
      case 'gone':
        // Orders that have not left were meant for the dead one.
        this.outgoing(event.slot).pid = null
        this.outgoing(event.slot).orders = []
        this.gone.emit(event)
        return
      case 'synced':
        this.syncs.get(event.id)?.(event.ok)
        this.syncs.delete(event.id)
        return
      case 'pong':
        this.pongs.shift()?.()
        return
      case 'listening':
        this.listens.get(event.id)?.(event)
        this.listens.delete(event.id)
        return
      case 'drained':
        this.drains.get(event.id)?.(event)
        this.drains.delete(event.id)
        return
    }
    this.log(`launcher says something unknown: ${JSON.stringify(event)}`)
  }

  private onClosed(): void {
    if (this.closed_) return
    this.closed_ = true
    for (const resolve of this.syncs.values()) resolve(null)
    this.syncs.clear()
    for (const asked of [this.listens, this.drains]) {
      for (const resolve of asked.values()) resolve(null)
      asked.clear()
    }
    this.ended.emit()
  }
}

function connectionEnded(): DistError {
  return new DistError('unavailable', 'the connection to the launcher has ended', { hint: 'look into launcher.log of the work folder' })
}
