// The launcher's keepers: one a slot, started when the agent asks for slots, started again when one dies, asked to
// leave when there are fewer slots. Tells its owner what the agent must know.
import { type KeeperStart, keeperCommand } from './keeper-command.ts'
import { KeeperProcess } from './keeper-process.ts'

const firstDelayMs = 100
const longestDelayMs = 10_000
/** A keeper that lived this long was no failure to start. */
const settledMs = 5_000

export interface KeepersHandlers {
  onReady(slot: number, pid: number): void
  onLine(slot: number, line: Buffer): void
  onGone(slot: number, status: number | null, error: string | undefined): void
}

interface Slot {
  readonly number: number
  process: KeeperProcess | null
  /** restart after a death, cleared by stop */
  timer: NodeJS.Timeout | null
  delayMs: number
}

export class Keepers {
  private readonly slots = new Map<number, Slot>()
  private readonly common: Omit<KeeperStart, 'slot' | 'python'>
  private readonly handlers: KeepersHandlers
  private python: string | null = '/usr/bin/python3'
  private wanted = 0
  private stopping = false
  private emptied: (() => void) | null = null

  constructor(common: Omit<KeeperStart, 'slot' | 'python'>, handlers: KeepersHandlers) {
    this.common = common
    this.handlers = handlers
  }

  /** Starts what is missing for slots 0..n-1; the others leave when they have done what they hold. */
  want(n: number, python: string | null): void {
    if (this.stopping) return
    this.wanted = n
    this.python = python
    for (let number = 0; number < n; number++) {
      const slot = this.slots.get(number) ?? { number, process: null, timer: null, delayMs: firstDelayMs }
      this.slots.set(number, slot)
      if (slot.process === null && slot.timer === null) this.start(slot)
    }
    for (const slot of this.slots.values()) if (slot.number >= n) slot.process?.write(Buffer.from('[{"op":"retire"}]'))
  }

  /** pid by slot of those that are ready */
  ready(): Record<string, number> {
    const pids: Record<string, number> = {}
    for (const slot of this.slots.values()) {
      const pid = slot.process?.pid ?? null
      if (pid !== null) pids[slot.number] = pid
    }
    return pids
  }

  /** Passes a line to a slot's keeper. With a pid, only to that life of it: orders for a dead one must not reach its successor. */
  write(slot: number, pid: number | null, line: Buffer): void {
    const process = this.slots.get(slot)?.process ?? null
    if (process !== null && (pid === null || process.pid === pid)) process.write(line)
  }

  writeAll(line: Buffer): void {
    for (const slot of this.slots.values()) slot.process?.write(line)
  }

  /** Ends every keeper and its job; resolves when none is left. Whoever is late by `patienceMs` gets end of file, which kills. */
  async stop(grace: number, patienceMs = 2_000): Promise<void> {
    this.stopping = true
    const living: KeeperProcess[] = []
    for (const slot of this.slots.values()) {
      if (slot.timer !== null) clearTimeout(slot.timer)
      slot.timer = null
      if (slot.process !== null) living.push(slot.process)
    }
    if (living.length === 0) return
    const empty = new Promise<void>((resolve) => {
      this.emptied = resolve
    })
    this.writeAll(Buffer.from(JSON.stringify([{ op: 'stop', grace }])))
    const late = setTimeout(
      () => {
        for (const process of living) process.cut()
      },
      grace * 1000 + patienceMs,
    )
    await empty
    clearTimeout(late)
  }

  private start(slot: Slot): void {
    const begun = performance.now()
    slot.timer = null
    const command = keeperCommand({ ...this.common, python: this.python, slot: slot.number })
    slot.process = new KeeperProcess(command, this.common.work, {
      onReady: (pid) => this.handlers.onReady(slot.number, pid),
      onLine: (line) => this.handlers.onLine(slot.number, line),
      onEnd: (status, error) => this.ended(slot, performance.now() - begun, status, error),
    })
    if (slot.number >= this.wanted) slot.process.write(Buffer.from('[{"op":"retire"}]'))
  }

  private ended(slot: Slot, livedMs: number, status: number | null, error: string | undefined): void {
    slot.process = null
    if (this.stopping) {
      if ([...this.slots.values()].every((other) => other.process === null)) this.emptied?.()
      return
    }
    if (slot.number >= this.wanted && status === 0) {
      this.slots.delete(slot.number)
      return
    }
    this.handlers.onGone(slot.number, status, error)
    slot.delayMs = livedMs > settledMs || status === 0 ? firstDelayMs : Math.min(slot.delayMs * 2, longestDelayMs)
    slot.timer = setTimeout(() => this.start(slot), slot.delayMs / 2)
  }
}
