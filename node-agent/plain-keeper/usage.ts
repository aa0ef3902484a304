// What a run used, as far as /proc tells. CPU time is exact for processes that were waited for, because the kernel adds it up
// in our own "children" times; of others the last sample counts. Memory is sampled only.
import type { Look } from './members.ts'
import { memoryOf, type ProcessFacts, readProcess, ticksPerSecond } from './processes.ts'

export interface Used {
  /** microseconds */
  readonly user: number
  readonly system: number
  /** KiB, the largest process */
  readonly largest: number
  /** bytes, all together */
  readonly peak: number
}

interface Looks {
  look(): Look
}

interface Times {
  readonly user: number
  readonly system: number
}

const none: Times = { user: 0, system: 0 }

export class Usage {
  readonly #members: Looks
  readonly #before: Times
  readonly #leader: number
  /** ticks of orphans that ended */
  #orphans = none
  /** the most that was seen at once; killed children are waited for by nobody, and only this has their time */
  #seen = none
  #largest = 0
  #together = 0

  /** `before`: `childrenTimes` from before it was started. */
  constructor(members: Looks, leader: number, before: Times) {
    this.#members = members
    this.#leader = leader
    this.#before = before
    this.#addMemory([leader])
  }

  sample(): void {
    const { present, gone } = this.#members.look()
    for (const { facts, orphan } of gone) if (orphan && facts.pid !== this.#leader) this.#orphans = add(this.#orphans, timesOf(facts))
    this.#seen = larger(this.#seen, present.map(timesOf).reduce(add, this.#orphans))
    this.#addMemory(present.map(({ pid }) => pid))
  }

  /** When the leader was waited for, and before what it left is killed. */
  end(): Used {
    const { present, gone } = this.#members.look()
    for (const { facts, orphan } of gone) if (orphan && facts.pid !== this.#leader) this.#orphans = add(this.#orphans, timesOf(facts))
    this.#addMemory(present.map(({ pid }) => pid))
    const after = childrenTimes()
    const waited = { user: after.user - this.#before.user, system: after.system - this.#before.system }
    const known = larger(this.#seen, present.map(timesOf).reduce(add, add(waited, this.#orphans)))
    const microseconds = 1e6 / ticksPerSecond
    return {
      user: known.user * microseconds,
      system: known.system * microseconds,
      largest: this.#largest,
      peak: Math.max(this.#together, this.#largest) * 1024,
    }
  }

  /** Pages that several share are counted once: as much as the one that shares most. */
  #addMemory(pids: readonly number[]): void {
    let own = 0
    let shared = 0
    for (const pid of pids) {
      const memory = memoryOf(pid)
      if (memory === null) continue
      this.#largest = Math.max(this.#largest, memory.largest)
      own += memory.own
      shared = Math.max(shared, memory.shared)
    }
    this.#together = Math.max(this.#together, own + shared)
  }
}

/** Ticks of all processes that this one has waited for. */
export function childrenTimes(): Times {
  const own = readProcess(process.pid)
  return { user: own?.childrenUser ?? 0, system: own?.childrenSystem ?? 0 }
}

function timesOf(facts: ProcessFacts): Times {
  return { user: facts.user + facts.childrenUser, system: facts.system + facts.childrenSystem }
}

function add(a: Times, b: Times): Times {
  return { user: a.user + b.user, system: a.system + b.system }
}

function larger(a: Times, b: Times): Times {
  return a.user + a.system > b.user + b.system ? a : b
}
