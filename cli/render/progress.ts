// One line of progress: redrawn in place on a terminal, a plain line every 10 % elsewhere. Owner calls `end`.
import type { Output } from '../local/io.ts'
import { textWidth, truncate } from './text-width.ts'

export class Progress {
  readonly #output: Output
  readonly #shown: boolean
  #last = ''
  #step = -1

  /** `shown` false (--quiet, --json) makes it silent. */
  constructor(output: Output, shown: boolean) {
    this.#output = output
    this.#shown = shown
  }

  /** Shows `text`; `fraction` (0..1) decides when a plain line is due. */
  update(text: string, fraction: number): void {
    if (!this.#shown) return
    const columns = this.#output.columns
    if (columns !== null) {
      const line = truncate(text, columns - 1)
      if (line === this.#last) return
      // spaces, not an escape code: NO_COLOR keeps those out, also here
      this.#output.write(`\r${line}${' '.repeat(Math.max(0, textWidth(this.#last) - textWidth(line)))}`)
      this.#last = line
      return
    }
    const step = Math.floor(fraction * 10 + 1e-9)
    if (step <= this.#step) return
    this.#step = step
    this.#output.write(`${text}\n`)
  }

  /** A line above the progress line. */
  say(text: string): void {
    if (!this.#shown) return
    this.clear()
    this.#output.write(`${text}\n`)
  }

  /** Takes the line away; what follows begins at the left. */
  clear(): void {
    if (this.#last === '') return
    this.#output.write(`\r${' '.repeat(textWidth(this.#last))}\r`)
    this.#last = ''
  }
}

/** A bar of `width` columns, or of plain ASCII when the terminal's language is not UTF-8. */
export function progressBar(fraction: number, width: number, unicode: boolean): string {
  const full = Math.max(0, Math.min(width, Math.round(fraction * width)))
  const [done, open] = unicode ? ['█', '░'] : ['#', '.']
  return done.repeat(full) + open.repeat(width - full)
}

/** True when the environment's character set is UTF-8. */
export function isUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '') ?? ''
  return /utf-?8/i.test(locale)
}
