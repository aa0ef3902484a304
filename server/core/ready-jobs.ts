// A jobset's ready jobs: a queue for each class of demand, taken in file order across them. Grouping by class is what keeps
// a decision's cost apart from the number of jobs.
import type { JobId } from '../../shared/model/ids.ts'
import { ReadyQueue } from './ready-queue.ts'

export class ReadyJobs {
  readonly #queues: readonly ReadyQueue[]

  constructor(classes: number) {
    this.#queues = Array.from({ length: Math.max(1, classes) }, () => new ReadyQueue())
  }

  /** Ids that can be given out without reading, of all classes. */
  get known(): number {
    let sum = 0
    for (const queue of this.#queues) sum += queue.known
    return sum
  }

  knownOf(demand: number): number {
    return this.#queues[demand]?.known ?? 0
  }

  /** Classes that have jobs, the one whose next job comes first in the file first. */
  classes(): number[] {
    if (this.#queues.length === 1) return this.known > 0 ? [0] : []
    const next = this.#queues.map((queue) => queue.first)
    return [...next.keys()].filter((index) => next[index] !== null).sort((a, b) => (next[a] ?? 0) - (next[b] ?? 0))
  }

  /** The job that the class gives next; null when none is known. */
  first(demand: number): JobId | null {
    return this.#queues[demand]?.first ?? null
  }

  take(demand: number): JobId | null {
    return this.#queues[demand]?.take() ?? null
  }

  /** A job is ready again. Where the store is still being read the next read finds it by itself. */
  putBack(job: JobId, demand: number): void {
    this.#queue(demand).putBack(job)
  }

  /** A job that the windows leave out (it was tried before) may be given now. */
  putBackAny(job: JobId, demand: number): void {
    this.#queue(demand).putBackAny(job)
  }

  clear(): void {
    for (const queue of this.#queues) queue.clear()
  }

  /** What to read on; answer each with `loaded`. */
  wantsLoad(): { demand: number; after: JobId; limit: number }[] {
    return this.#queues.flatMap((queue, demand) => {
      const wanted = queue.wantsLoad()
      return wanted === null ? [] : [{ demand, ...wanted }]
    })
  }

  loaded(demand: number, ids: readonly JobId[]): void {
    this.#queue(demand).loaded(ids)
  }

  /** A class that nobody knows here would be a bug; its job still must not be lost. */
  #queue(demand: number): ReadyQueue {
    const queue = this.#queues[demand] ?? this.#queues[0]
    if (queue === undefined) throw new Error('a jobset has at least one class')
    return queue
  }
}
