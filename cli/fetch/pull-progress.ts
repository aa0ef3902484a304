// The progress line of a pull, on a terminal: bar, jobs, bytes, rate.
import type { JobsetReply } from '../../shared/api/types.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { jobsetLabel } from '../render/labels.ts'
import { isUnicode, Progress, progressBar } from '../render/progress.ts'
import type { PullTotals } from './pull-totals.ts'

/** ms between two drawings */
const pace = 100

export class PullProgress {
  readonly #context: Context
  readonly #progress: Progress
  #label = ''
  #jobs = 0
  #began = performance.now()
  #drawn = 0
  #told = ''

  constructor(context: Context) {
    this.#context = context
    this.#progress = new Progress(context.io.stderr, context.showsProgress && context.io.stderr.columns !== null)
  }

  /** A pass begins; `jobs` have a result by now. */
  begin(jobset: JobsetReply, jobs: number): void {
    this.#label = jobsetLabel(jobset)
    this.#jobs = jobs
  }

  show(totals: PullTotals): void {
    const now = performance.now()
    if (now - this.#drawn < pace) return
    this.#drawn = now
    this.#told = ''
    const seconds = (now - this.#began) / 1000
    const rate = totals.moved > 0 && seconds > 1 ? ` · ${formatBytes(totals.moved / seconds)}/s` : ''
    const tail = ` ${totals.jobs}/${this.#jobs} jobs · ${formatBytes(totals.moved)}${rate}`
    this.#draw(totals.fraction(this.#jobs), tail)
  }

  /** Between two passes of --follow. */
  wait(jobset: JobsetReply, totals: PullTotals): void {
    this.#draw(jobset.jobs === 0 ? 1 : totals.jobs / jobset.jobs, ` ${totals.jobs}/${jobset.jobs} jobs fetched, waiting for more`)
  }

  /** A message above the line; the same from several transfers is told once. */
  tell(message: string): void {
    if (message === this.#told) return
    this.#told = message
    this.#progress.clear()
    this.#context.note(message)
  }

  clear(): void {
    this.#progress.clear()
  }

  #draw(fraction: number, tail: string): void {
    const columns = this.#context.io.stderr.columns
    if (columns === null) return
    const room = columns - this.#label.length - tail.length - 2
    const bar = room < 5 ? '' : ` ${progressBar(fraction, Math.min(room, 30), isUnicode(this.#context.io.env))}`
    this.#progress.update(`${this.#label}${bar}${tail}`, fraction)
  }
}
