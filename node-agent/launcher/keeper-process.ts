// One life of one keeper: started by the launcher, ends by itself or when its socket is closed.
//
//   starting -> (its first line, `ready`: the slot is proved empty) -> ready -> ended
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { Duplex } from 'node:stream'
import { Lines } from './lines.ts'

export interface KeeperHandlers {
  /** pid is the working process, a child of the one that was started */
  onReady(pid: number): void
  onLine(line: Buffer): void
  /** status: exit code or minus a signal's number; null with an error when it could not be started */
  onEnd(status: number | null, error: string | undefined): void
}

export class KeeperProcess {
  private readonly child: ChildProcess
  private readonly channel: Duplex
  private readonly lines = new Lines()
  private readonly handlers: KeeperHandlers
  private ended = false
  private corked = false
  /** null until it is ready */
  pid: number | null = null

  /** `folder`: where it starts, the work folder */
  constructor(command: readonly [program: string, ...args: string[]], folder: string, handlers: KeeperHandlers) {
    this.handlers = handlers
    const [program, ...args] = command
    this.child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'pipe'], cwd: folder })
    const channel = this.child.stdio[3]
    if (!(channel instanceof Duplex)) throw new Error('a pipe of a child process is no stream')
    this.channel = channel
    // A write after its end fails here; the end itself is told by `exit`.
    channel.on('error', () => {})
    channel.on('data', (chunk: Buffer) => this.read(chunk))
    this.child.once('error', (error) => this.end(null, `cannot start ${program}: ${error.message}`))
    // `close` and not `exit`: what it said last is read before.
    this.child.once('close', (code, signal) => this.end(code ?? -(signal === null ? 0 : constants.signals[signal]), undefined))
  }

  /** Passes one line on; lines of the same loop turn leave in one write. */
  write(line: Buffer): void {
    if (this.ended || this.channel.destroyed) return
    if (!this.corked) {
      this.corked = true
      this.channel.cork()
      setImmediate(() => {
        this.corked = false
        this.channel.uncork()
      })
    }
    this.channel.write(line)
    this.channel.write('\n')
  }

  /** End of file for the keeper: it kills its job's whole tree, writes the record and exits. */
  cut(): void {
    this.channel.destroy()
  }

  private read(chunk: Buffer): void {
    for (const line of this.lines.push(chunk)) {
      if (this.pid !== null) this.handlers.onLine(line)
      else {
        this.pid = readyPid(line)
        this.handlers.onReady(this.pid)
      }
    }
  }

  private end(status: number | null, error: string | undefined): void {
    if (this.ended) return
    this.ended = true
    this.channel.destroy()
    this.handlers.onEnd(status, error)
  }
}

function readyPid(line: Buffer): number {
  const [first]: { pid?: number }[] = JSON.parse(line.toString())
  return first?.pid ?? 0
}
