// The progress line of `dist add`: hashing, sending jobs, uploading with a bar, the rate and the time that is left.
import { formatBytes } from '../../shared/text/bytes.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import type { Context } from '../context.ts'
import { isUnicode, Progress, progressBar } from '../render/progress.ts'

/** ms over which the rate is averaged, and between two drawings */
const window = 5000
const leastPause = 100
const widestBar = 30

export class UploadProgress {
  readonly #context: Context
  readonly #progress: Progress
  readonly #now: () => number
  #hashed = 0
  #total = 0
  #sent = 0
  #drawn = -Infinity
  /** times and bytes sent by then, oldest first */
  readonly #marks: { readonly at: number; readonly sent: number }[] = []

  /** `now`: monotonic ms */
  constructor(context: Context, now: () => number = () => performance.now()) {
    this.#context = context
    this.#progress = new Progress(context.io.stderr, context.showsProgress)
    this.#now = now
  }

  /** `total` 0 = not known yet */
  hashed(bytes: number, total: number): void {
    this.#hashed += bytes
    if (!this.#isTerminal || !this.#isDue()) return
    this.#progress.update(`hashing ${formatBytes(this.#hashed)}${total === 0 ? '' : ` of ${formatBytes(total)}`}`, 0)
  }

  jobs(count: number): void {
    if (this.#isTerminal) this.#progress.update(`sending ${count} jobs`, 0)
  }

  plan(bytes: number): void {
    this.#total = bytes
    this.#marks.push({ at: this.#now(), sent: 0 })
  }

  /** Bytes that left; those that are sent again count once. */
  sent(bytes: number): void {
    this.#sent = Math.min(this.#total, this.#sent + bytes)
    if (this.#isDue() || this.#sent === this.#total) this.#draw()
  }

  committing(): void {
    if (this.#isTerminal) this.#progress.update('submitting', 1)
  }

  clear(): void {
    this.#progress.clear()
  }

  get #isTerminal(): boolean {
    return this.#context.io.stderr.columns !== null
  }

  #isDue(): boolean {
    const now = this.#now()
    if (now - this.#drawn < leastPause) return false
    this.#drawn = now
    return true
  }

  #draw(): void {
    const fraction = this.#total === 0 ? 1 : this.#sent / this.#total
    const amount = `${formatBytes(this.#sent)} of ${formatBytes(this.#total)}`
    const columns = this.#context.io.stderr.columns
    if (columns === null) {
      // a log needs no lines about what takes a moment
      if (this.#total >= 16 << 20) this.#progress.update(`sending: ${Math.floor(fraction * 100)} %, ${amount}`, fraction)
      return
    }
    const tail = ` ${amount}${this.#rate()}`
    const room = columns - 'sending'.length - tail.length - 2
    const bar = room < 5 ? '' : ` ${progressBar(fraction, Math.min(room, widestBar), isUnicode(this.#context.io.env))}`
    this.#progress.update(`sending${bar}${tail}`, fraction)
  }

  #rate(): string {
    const now = this.#now()
    this.#marks.push({ at: now, sent: this.#sent })
    while (this.#marks.length > 2 && now - (this.#marks[0]?.at ?? now) > window) this.#marks.shift()
    const [first] = this.#marks
    const ms = now - (first?.at ?? now)
    if (first === undefined || ms < 500 || this.#sent <= first.sent) return ''
    const perMs = (this.#sent - first.sent) / ms
    const left = Math.ceil((this.#total - this.#sent) / perMs / 1000)
    return `, ${formatBytes(Math.round(perMs * 1000))}/s${left > 0 ? ` · ${left < 60 ? `${left}s` : formatDuration(left * 1000)} left` : ''}`
  }
}
