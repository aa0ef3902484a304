// The launcher: owns a work folder's keepers, outlives the agent, passes lines between the two without reading them.
// Started by launcher-main.ts. One agent at a time; a new connection replaces the one before.
import { spawn } from 'node:child_process'
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { IdleWatch } from './idle-watch.ts'
import { Keepers } from './keepers.ts'
import { Lines, splitAddress } from './lines.ts'
import type { LauncherEvent, LauncherOrder } from './messages.ts'
import { openSocketPath, type SocketPath } from './socket-path.ts'
import { TrialListeners } from './trial-listeners.ts'

/** 2: it listens for trials */
export const launcherProtocol = 2

export interface LauncherOptions {
  readonly work: string
  /** keeper.py */
  readonly script: string
  readonly idleMs: number
  log(text: string): void
  /** everything has ended */
  onStopped(): void
}

export class Launcher {
  private readonly options: LauncherOptions
  private readonly keepers: Keepers
  private readonly listeners: TrialListeners
  private readonly server: Server
  private readonly idle: IdleWatch
  private socketPath: SocketPath | null = null
  private agent: Socket | null = null
  private corked = false
  private stopping = false

  constructor(options: LauncherOptions) {
    this.options = options
    this.keepers = new Keepers(options, {
      onReady: (slot, pid) => this.tell({ e: 'keeper', slot, pid }),
      onLine: (slot, line) => this.fromKeeper(slot, line),
      onGone: (slot, status, error) => {
        options.log(`keeper of slot ${slot} ended with ${status}${error === undefined ? '' : `: ${error}`}`)
        this.tell({ e: 'gone', slot, status, ...(error === undefined ? {} : { error }) })
      },
    })
    this.listeners = new TrialListeners({ work: options.work, log: options.log, tell: (event) => this.tell(event) })
    this.server = createServer((socket) => this.accept(socket))
    const questions = {
      hasAgent: () => this.agent !== null,
      keepers: () => Object.keys(this.keepers.ready()).map(Number),
      askAll: () => this.keepers.writeAll(Buffer.from('[{"op":"inv"}]')),
    }
    this.idle = new IdleWatch(options.idleMs, questions, () => {
      options.log('idle and without an agent: leaving')
      void this.stop(0)
    })
  }

  /** Binds the socket, readable and writable by this account only. The caller holds the folder's lock. */
  async listen(): Promise<void> {
    const socketPath = openSocketPath(this.options.work)
    this.socketPath = socketPath
    rmSync(socketPath.path, { force: true })
    // names of trials' sockets, of a launcher that was killed
    rmSync(join(this.options.work, 'answers'), { recursive: true, force: true })
    const umask = process.umask(0o177)
    try {
      await new Promise<void>((resolve, reject) => {
        this.server.once('error', reject)
        this.server.listen(socketPath.path, resolve)
      })
    } finally {
      process.umask(umask)
    }
    chmodSync(socketPath.path, 0o600)
  }

  /** Ends every keeper and its job, then this launcher. */
  async stop(grace: number): Promise<void> {
    if (this.stopping) return
    this.stopping = true
    this.idle.stop()
    // No new connection from here on: whoever comes starts a launcher of its own.
    this.server.close()
    await this.keepers.stop(grace)
    await Promise.all(this.listeners.ids().map((id) => this.listeners.drain(id)))
    const agent = this.agent
    if (agent !== null) await saidAll(agent)
    agent?.destroy()
    this.socketPath?.close()
    this.options.onStopped()
  }

  private accept(socket: Socket): void {
    this.agent?.destroy()
    this.agent = socket
    this.corked = false
    const lines = new Lines()
    socket.on('data', (chunk: Buffer) => {
      for (const line of lines.push(chunk)) this.fromAgent(socket, line)
    })
    socket.on('error', () => {})
    socket.once('close', () => {
      if (this.agent === socket) this.agent = null
    })
    const { keepers, listeners } = this
    const facts = { version: launcherProtocol, pid: process.pid, boot: bootId() }
    this.tell({ e: 'hello', ...facts, keepers: keepers.ready(), listening: listeners.ids() })
  }

  private fromAgent(socket: Socket, line: Buffer): void {
    if (this.agent !== socket) return
    const parts = splitAddress(line)
    if (parts === null) return
    if (parts.address === '-') {
      this.obey(JSON.parse(parts.rest.toString()))
      return
    }
    const [slot, pid] = parts.address.split(':')
    this.keepers.write(Number(slot), pid === undefined ? null : Number(pid), parts.rest)
  }

  private obey(order: LauncherOrder): void {
    switch (order.op) {
      case 'slots':
        this.keepers.want(order.n, order.python)
        return
      case 'sync':
        this.sync(order.id)
        return
      case 'stop':
        void this.stop(order.grace)
        return
      case 'ping':
        this.tell({ e: 'pong' })
        return
      case 'listen':
        void this.listeners.listen(order)
        return
      case 'drain':
        void this.listeners.drain(order.id)
        return
      case 'unlisten':
        this.listeners.close(order.ids)
        return
    }
    // An order of a newer agent: nothing we could do about it.
    this.options.log(`unknown order ${JSON.stringify(order)}`)
  }

  private sync(id: number): void {
    const child = spawn('sync', ['-f', this.options.work], { stdio: 'ignore' })
    child.once('error', () => this.tell({ e: 'synced', id, ok: false }))
    child.once('exit', (code) => this.tell({ e: 'synced', id, ok: code === 0 }))
  }

  private fromKeeper(slot: number, line: Buffer): void {
    if (this.agent === null) this.idle.heard(slot, line)
    else this.toAgent(`${slot} `, line)
  }

  private tell(event: LauncherEvent): void {
    this.toAgent('- ', JSON.stringify(event))
  }

  private toAgent(prefix: string, line: Buffer | string): void {
    const agent = this.agent
    if (agent === null || agent.destroyed) return
    if (!this.corked) {
      this.corked = true
      agent.cork()
      setImmediate(() => {
        if (this.agent === agent) this.corked = false
        agent.uncork()
      })
    }
    agent.write(prefix)
    agent.write(line)
    agent.write('\n')
  }
}

/** Resolves when the last words have left, or the other side has not taken them for a second. */
function saidAll(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, 1_000)
    socket.end(() => {
      clearTimeout(late)
      resolve()
    })
  })
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}
