// Which processes belong to a run: its session and group, whoever carries the slot's marker in its environment, and what
// these have started. Who was seen to belong once belongs for good, whatever becomes of its environment and its parent.
// It misses a process that cleared its environment, left the session and lost its parent between two looks.
import { environmentOf, listPids, type ProcessFacts, readProcess } from './processes.ts'
import type { Strangers } from './strangers.ts'

/** Parent of all kernel threads. */
const kernelThreads = 2

export interface Look {
  /** members that are there now; those that have ended and wait for their parent are among them */
  readonly present: readonly ProcessFacts[]
  /** members that are gone since the look before, as they were then; `orphan`: nobody of us waited for it */
  readonly gone: readonly { readonly facts: ProcessFacts; readonly orphan: boolean }[]
  /** some process, ours or not, went away meanwhile: it may have left a child that was not listed yet */
  readonly unsteady: boolean
}

interface Member {
  facts: ProcessFacts
  orphan: boolean
}

export class Members {
  readonly #marker: Buffer
  readonly #leader: number
  readonly #members = new Map<number, Member>()
  readonly #strangers: Strangers

  /** `marker`: a whole `NAME=value`; `leader`: pid of a session's leader, 0 = none. */
  constructor(marker: string, leader: number, strangers: Strangers) {
    this.#marker = Buffer.from(marker)
    this.#leader = leader
    this.#strangers = strangers
  }

  look(): Look {
    const pids = listPids()
    const gone = this.#refresh(new Set(pids))
    const known = this.#strangers.known()
    const strangers = new Set<number>()
    const unknown: ProcessFacts[] = []
    let unsteady = false
    for (const pid of pids) {
      if (this.#members.has(pid)) continue
      if (known.has(pid)) strangers.add(pid)
      else {
        const facts = readProcess(pid)
        if (facts === null) unsteady = true
        else unknown.push(facts)
      }
    }
    for (const pid of this.#sort(unknown)) strangers.add(pid)
    this.#strangers.keep(strangers)
    for (const member of this.#members.values()) member.orphan = !this.#members.has(member.facts.parent)
    return { present: [...this.#members.values()].map(({ facts }) => facts), gone, unsteady }
  }

  /** Takes up what members are now, and returns those that are no more; a number used again is another process. */
  #refresh(pids: ReadonlySet<number>): { facts: ProcessFacts; orphan: boolean }[] {
    const gone: { facts: ProcessFacts; orphan: boolean }[] = []
    for (const [pid, member] of this.#members) {
      const facts = pids.has(pid) ? readProcess(pid) : null
      if (facts !== null && facts.started === member.facts.started) member.facts = facts
      else {
        this.#members.delete(pid)
        gone.push(member)
      }
    }
    return gone
  }

  /** Takes those that belong; returns those that certainly do not. */
  #sort(unknown: readonly ProcessFacts[]): number[] {
    let rest: ProcessFacts[] = []
    const unclear = new Set<number>()
    for (const facts of unknown) {
      const environment = environmentOf(facts.pid)
      if (this.#inSession(facts) || (environment !== null && carries(environment, this.#marker))) this.#take(facts)
      else rest.push(facts)
      // In the middle of an exec a process has no environment: that proves nothing. Kernel threads never have one.
      if (environment?.length === 0 && facts.parent !== kernelThreads) unclear.add(facts.pid)
    }
    for (let children = rest; children.length > 0; ) {
      children = rest.filter(({ parent }) => this.#members.has(parent))
      for (const facts of children) this.#take(facts)
      rest = rest.filter(({ pid }) => !this.#members.has(pid))
    }
    return rest.flatMap(({ pid }) => (unclear.has(pid) ? [] : [pid]))
  }

  #inSession({ session, group }: ProcessFacts): boolean {
    return this.#leader > 0 && (session === this.#leader || group === this.#leader)
  }

  #take(facts: ProcessFacts): void {
    if (facts.pid !== process.pid) this.#members.set(facts.pid, { facts, orphan: false })
  }
}

function carries(environment: Buffer, marker: Buffer): boolean {
  for (let at = environment.indexOf(marker); at >= 0; at = environment.indexOf(marker, at + 1)) {
    const end = at + marker.length
    if ((at === 0 || environment[at - 1] === 0) && (end === environment.length || environment[end] === 0)) return true
  }
  return false
}
