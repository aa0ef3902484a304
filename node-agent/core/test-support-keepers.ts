// The keepers of a simulated node (test-support-node.ts): queues, running jobs, journals that outlive a keeper.
import type { AttemptId } from '../../shared/model/ids.ts'
import type { Event, HeldAttempt, Inventory } from './event.ts'
import type { Exit } from './work.ts'

interface Keeper {
  queue: AttemptId[]
  running: AttemptId | null
}

const reports = ['started', 'exited', 'dropped', 'moved', 'unstartable']
const usage = { wallSeconds: 1, userSeconds: 1, systemSeconds: 0, peakMemory: 1, memorySource: 'rusage' }

export class SimulatedKeepers {
  /** reports that have not arrived yet go here */
  readonly #pending: Event[]
  /** by slot; null = dead */
  readonly all: (Keeper | null)[]
  /** by slot */
  readonly journals: Map<AttemptId, Exit>[]
  /** attempts that were started, in order */
  readonly begun: AttemptId[] = []

  constructor(slots: number, pending: Event[]) {
    this.#pending = pending
    this.all = Array.from({ length: slots }, () => ({ queue: [], running: null }))
    this.journals = Array.from({ length: slots }, () => new Map())
  }

  /** Of one slot, or of all: in a queue or running. */
  held(slot?: number): AttemptId[] {
    const keepers = slot === undefined ? this.all : [this.all[slot]]
    return keepers.flatMap((keeper) => (keeper == null ? [] : [...(keeper.running === null ? [] : [keeper.running]), ...keeper.queue]))
  }

  get running(): AttemptId[] {
    return this.all.flatMap((keeper) => keeper?.running ?? [])
  }

  push(slot: number, id: AttemptId): void {
    const keeper = this.all[slot]
    if (keeper == null) throw new Error(`given to the keeper of slot ${slot}, which is not there`)
    keeper.queue.push(id)
  }

  /** The keeper takes the next job, or its job ends with `status` and a large or small result. */
  work(slot: number, status: number, large: boolean): void {
    const keeper = this.all[slot]
    if (keeper == null) return
    if (keeper.running !== null) {
      this.#exit(slot, status, null, large)
      return
    }
    keeper.running = keeper.queue.shift() ?? null
    if (keeper.running === null) return
    this.begun.push(keeper.running)
    if (large) this.#pending.push({ kind: 'started', id: keeper.running, at: 1 })
  }

  /** Its reports never arrive; answers of the agent's own adapters, and what other keepers say, do. */
  die(slot: number): boolean {
    const keeper = this.all[slot]
    if (keeper == null) return false
    const here = new Set([...this.held(slot), ...(this.journals[slot]?.keys() ?? [])])
    this.#exit(slot, 9, 'lost', false)
    const rest = this.#pending.filter((event) => !(reports.includes(event.kind) && 'id' in event && here.has(event.id)))
    this.#pending.splice(0, this.#pending.length, ...rest)
    this.all[slot] = null
    return true
  }

  revive(slot: number): boolean {
    if (this.all[slot] !== null) return false
    this.all[slot] = { queue: [], running: null }
    return true
  }

  kill(slot: number, id: AttemptId, why: string): void {
    if (this.all[slot]?.running === id) this.#exit(slot, 15, why, false)
    else this.drop(slot, id)
  }

  drop(slot: number, id: AttemptId): void {
    const queue = this.all[slot]?.queue
    const at = queue?.indexOf(id) ?? -1
    if (queue === undefined || at < 0) return
    queue.splice(at, 1)
    this.#pending.push({ kind: 'dropped', id })
  }

  forget(slot: number | null, id: AttemptId): void {
    for (const [number, journal] of this.journals.entries()) if (slot === null || slot === number) journal.delete(id)
  }

  inventory(slot: number, held: (id: AttemptId) => HeldAttempt): Inventory {
    const keeper = this.all[slot]
    const journal = [...(this.journals[slot] ?? [])]
    return {
      running: keeper?.running == null ? null : { ...held(keeper.running), at: 1, moved: false },
      queue: keeper?.queue.map(held) ?? [],
      ended: journal.map(([id, exit]) => ({ ...held(id), startedAt: 1, end: { kind: 'exit', exit } })),
    }
  }

  #exit(slot: number, status: number, why: string | null, large: boolean): void {
    const keeper = this.all[slot]
    const id = keeper?.running ?? null
    if (keeper == null || id === null) return
    keeper.running = null
    const output = large ? null : new Uint8Array()
    const exit: Exit = { status, why, outOfMemory: false, usage, output, files: large ? null : [], folders: [], notices: [] }
    this.journals[slot]?.set(id, exit)
    this.#pending.push({ kind: 'exited', id, exit, startedAt: 1 })
  }
}
