// A run from the start of its first process to that process's end: tells its start, gives its output a file of its own, keeps
// its time limit, signals it, samples what it uses. Made by the keeper, which then ends what is left.
//
//   running --SIGTERM (order, time limit)--> ending --grace--> SIGKILL for group and members --> ended
import { constants } from 'node:os'
import type { KillOrder, RunOrder } from '../launcher/messages.ts'
import { killMembers } from './end-all.ts'
import { Members } from './members.ts'
import { signal } from './processes.ts'
import type { Started } from './start.ts'
import type { Strangers } from './strangers.ts'
import { type childrenTimes, Usage } from './usage.ts'

/** a start is told after this long */
const shortMs = 50
/** an output file of its own: looked for from then on, every so often; whether it wrote or not after `longMs` */
const firstLookMs = 100
const lookMs = 50
const longMs = 1_000
const limitGraceMs = 10_000
/** samples: soon at first, then every 100 ms; never more than a twentieth of a CPU */
const firstSampleMs = 10
const sampleMs = 100
const sampleShare = 20

export interface RunningHandlers {
  onLong(): void
  /** asked whether it has got an output file of its own, until it has, or cannot have one */
  onLook(late: boolean): boolean
}

export interface RunningParts {
  readonly order: RunOrder
  readonly started: Started
  readonly marker: string
  readonly strangers: Strangers
  /** CPU time of children before it started */
  readonly before: ReturnType<typeof childrenTimes>
}

export class Running {
  readonly id: string
  readonly pid: number
  /** wall ms */
  readonly at = Date.now()
  readonly members: Members
  readonly usage: Usage
  /** resolves to the raw wait status of the first process */
  readonly ended: Promise<number>
  why: KillOrder['why'] | null = null
  /** milliseconds from start to end */
  wallMs = 0
  readonly #handlers: RunningHandlers
  readonly #begun = performance.now()
  readonly #timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly due: number }>()
  #over = false

  constructor({ order, started, marker, strangers, before }: RunningParts, handlers: RunningHandlers) {
    this.id = order.id
    this.pid = started.pid
    this.#handlers = handlers
    this.members = new Members(marker, started.pid, strangers)
    this.usage = new Usage(this.members, started.pid, before)
    this.ended = new Promise((resolve) => {
      started.child.once('exit', (code, name) => {
        this.wallMs = performance.now() - this.#begun
        this.#over = true
        for (const { timer } of this.#timers.values()) clearTimeout(timer)
        resolve(name === null ? (code ?? 0) << 8 : constants.signals[name])
      })
    })
    this.#after('told', shortMs, () => handlers.onLong())
    this.#after('look', firstLookMs, () => this.#look())
    this.#after('sample', firstSampleMs, () => this.#sample(firstSampleMs))
    if (order.limit !== null) this.#after('limit', order.limit * 1000, () => this.#timeUp())
  }

  /** SIGTERM to the group, SIGKILL to everything `graceMs` later; 0 = at once. */
  end(why: KillOrder['why'], graceMs: number): void {
    if (this.#over) return
    this.why ??= why
    if (graceMs <= 0) {
      this.#killAll()
      return
    }
    signal(-this.pid, 'SIGTERM')
    signal(-this.pid, 'SIGCONT')
    const due = performance.now() + graceMs
    if (due < (this.#timers.get('kill')?.due ?? Number.POSITIVE_INFINITY)) this.#after('kill', graceMs, () => this.#killAll())
  }

  #killAll(): void {
    // what the killed have used is known to nobody afterwards
    this.usage.sample()
    signal(-this.pid, 'SIGKILL')
    killMembers(this.members.look().present)
  }

  #timeUp(): void {
    if (this.why === null) this.end('timeout', limitGraceMs)
  }

  #look(): void {
    if (!this.#handlers.onLook(performance.now() - this.#begun >= longMs)) this.#after('look', lookMs, () => this.#look())
  }

  #sample(last: number): void {
    const from = process.cpuUsage()
    this.usage.sample()
    const { user, system } = process.cpuUsage(from)
    // The first one looks at all processes of the machine, the next only at new ones.
    const costMs = last === firstSampleMs ? 0 : (user + system) / 1000
    const next = Math.max(Math.min(2 * last, sampleMs), costMs * sampleShare)
    this.#after('sample', next, () => this.#sample(next))
  }

  /** One timer of a name; the end of the first process clears all. */
  #after(name: string, ms: number, what: () => void): void {
    clearTimeout(this.#timers.get(name)?.timer)
    // setTimeout cannot wait longer than this, 24 days; nothing of ours takes that long but a limit, which is looked at again
    const longest = 2 ** 31 - 1
    const timer = ms > longest ? setTimeout(() => this.#after(name, ms - longest, what), longest) : setTimeout(what, ms)
    this.#timers.set(name, { timer, due: performance.now() + ms })
  }
}
