// The keeper of one slot in the simulator: a queue, a running job and a journal, which move when the story says so. What
// it reports waits in its machine's `pending`, and is lost with the agent; the journal stays.
import type { Event, HeldAttempt, Inventory } from '../../node-agent/core/event.ts'
import { commonPlace } from '../../node-agent/core/place.ts'
import type { Exit } from '../../node-agent/core/work.ts'
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'

export class SimKeeper {
  readonly slot: number
  queue: HeldAttempt[] = []
  running: HeldAttempt | null = null
  up = true
  readonly journal = new Map<AttemptId, Event & { kind: 'exited' }>()
  readonly #known = new Map<AttemptId, HeldAttempt>()
  readonly #report: (event: Event) => void

  constructor(slot: number, report: (event: Event) => void) {
    this.slot = slot
    this.#report = report
  }

  take(held: HeldAttempt): void {
    this.#known.set(held.id, held)
    this.queue.push(held)
  }

  /** Starts the next job, or ends the one that runs. */
  advance(status: number): void {
    if (!this.up) return
    if (this.running !== null) {
      this.exit(status, null)
      return
    }
    this.running = this.queue.shift() ?? null
    if (this.running !== null) this.#report({ kind: 'started', id: this.running.id, at: 1 })
  }

  exit(status: number, why: string | null): void {
    const { running } = this
    if (running === null) return
    this.running = null
    const usage = { wallSeconds: 1, userSeconds: 1, systemSeconds: 0, peakMemory: 1, memorySource: 'rusage' }
    const exit: Exit = { status, why, usage, output: new Uint8Array(), outOfMemory: false, files: [], folders: [], notices: [] }
    const event = { kind: 'exited', id: running.id, exit, startedAt: 1 } as const
    this.journal.set(running.id, event)
    this.#report(event)
  }

  kill(id: AttemptId, why: 'cancel' | 'kill'): void {
    if (this.running?.id === id) this.exit(15, why)
    else this.takeBack(id)
  }

  takeBack(id: AttemptId): void {
    const at = this.queue.findIndex((item) => item.id === id)
    if (at < 0) return
    this.queue.splice(at, 1)
    this.#report({ kind: 'dropped', id })
  }

  /** It dies, or the machine does: what ran is lost, what waited never was. */
  lose(): void {
    this.exit(9, 'lost')
    this.queue = []
  }

  inventory(): Event {
    const none = { uid: '' as JobsetUid, place: commonPlace('' as JobsetUid), build: false }
    const ended: Inventory['ended'] = [...this.journal.values()].map(({ id, exit }) => ({
      ...(this.#known.get(id) ?? { ...none, id }),
      startedAt: 1,
      end: { kind: 'exit', exit },
    }))
    const running = this.running === null ? null : { ...this.running, at: 1, moved: false }
    return { kind: 'inventory', slot: this.slot, inventory: { running, queue: this.queue, ended } }
  }
}
