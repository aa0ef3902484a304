// What a pull did so far, and how far it is.
import type { Listed } from './list-results.ts'

/** Numbers of files and their bytes. */
export interface Tally {
  readonly files: number
  readonly bytes: number
}

export interface PullReport {
  readonly jobs: number
  /** attempts beside the results that were looked at */
  readonly attempts: number
  readonly fetched: Tally
  /** there already, unchanged */
  readonly present: Tally
  /** kept away by patterns or --logs */
  readonly filtered: number
  /** jobs whose results the head's retention rule took away */
  readonly removed: number
  readonly bad: readonly { readonly path: string; readonly problem: string }[]
}

export class PullTotals implements PullReport {
  readonly #jobs = new Set<string>()
  attempts = 0
  readonly fetched = { files: 0, bytes: 0 }
  readonly present = { files: 0, bytes: 0 }
  filtered = 0
  removed = 0
  readonly bad: { readonly path: string; readonly problem: string }[] = []
  /** bytes that are to be fetched, as far as it was listed */
  expected = 0
  /** all of it was listed */
  listed = false
  #moved = 0
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** bytes that arrived, or were left by an earlier pull */
  get moved(): number {
    return this.#moved
  }

  /** --follow may see a job twice. */
  get jobs(): number {
    return this.#jobs.size
  }

  look({ kind, under, removed }: Listed): void {
    if (kind === 'attempt') this.attempts++
    else {
      if (removed && !this.#jobs.has(under)) this.removed++
      this.#jobs.add(under)
    }
    this.#onChange()
  }

  arrived(bytes: number): void {
    this.#moved += bytes
    this.#onChange()
  }

  /** How much of it is done, 0..1; `jobs` = jobs with a result. Listing runs ahead of fetching by a few requests only. */
  fraction(jobs: number): number {
    const listed = this.listed || jobs === 0 ? 1 : Math.min(1, this.jobs / jobs)
    const moved = this.expected === 0 ? 1 : Math.min(1, this.#moved / this.expected)
    return listed * moved
  }

  get report(): PullReport {
    const { jobs, attempts, fetched, present, filtered, removed, bad } = this
    return { jobs, attempts, fetched, present, filtered, removed, bad }
  }
}
