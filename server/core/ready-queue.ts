// The head of a jobset's ready jobs, in file order. The rest waits in the store and is read in windows, so that memory and
// decisions do not depend on the queue's length.
import type { JobId } from '../../shared/model/ids.ts'

const windowSize = 512

export class ReadyQueue {
  /** ids in order, from #next on */
  #window: JobId[] = []
  #next = 0
  /** jobs that became ready again, below the cursor, sorted */
  readonly #again: JobId[] = []
  /** the store was read up to this id */
  #cursor: JobId = 0 as JobId
  #exhausted = false
  #loading = false

  /** Ids that can be given out without reading. */
  get known(): number {
    return this.#again.length + this.#window.length - this.#next
  }

  /** Where to read on, or null when nothing needs reading. Call `loaded` with the answer. */
  wantsLoad(): { after: JobId; limit: number } | null {
    if (this.#loading || this.#exhausted || this.known > windowSize / 4) return null
    this.#loading = true
    return { after: this.#cursor, limit: windowSize }
  }

  loaded(ids: readonly JobId[]): void {
    this.#loading = false
    this.#window = [...this.#window.slice(this.#next), ...ids]
    this.#next = 0
    this.#exhausted = ids.length < windowSize
    this.#cursor = ids.at(-1) ?? this.#cursor
  }

  /** What `take` would give. */
  get first(): JobId | null {
    const again = this.#again[0]
    const next = this.#window[this.#next]
    return again !== undefined && (next === undefined || again < next) ? again : (next ?? null)
  }

  take(): JobId | null {
    const { first } = this
    if (first === null) return null
    if (first === this.#again[0]) this.#again.shift()
    else this.#next++
    return first
  }

  /** A job is ready again. Above the cursor the next read finds it by itself. */
  putBack(job: JobId): void {
    if (job > this.#cursor && !this.#exhausted) return
    this.putBackAny(job)
  }

  /** A job that the window leaves out (it was tried before) may be given now. */
  putBackAny(job: JobId): void {
    let at = this.#again.length
    while (at > 0 && (this.#again[at - 1] ?? 0) > job) at--
    this.#again.splice(at, 0, job)
  }

  /** Forgets everything that is waiting (the jobset was cancelled or failed). */
  clear(): void {
    this.#window = []
    this.#next = 0
    this.#again.length = 0
    this.#exhausted = true
  }
}
