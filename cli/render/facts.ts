// Lines of `name  value`, as `show` prints them; long values are wrapped at words below their first line.
import type { Context } from '../context.ts'
import { textWidth } from './text-width.ts'

const indent = 14
const least = 30

/** Values may be coloured; only plain ones are wrapped. */
export function printFacts(context: Context, facts: readonly (readonly [name: string, value: string])[]): void {
  const columns = context.io.stdout.columns
  for (const [name, value] of facts) {
    const lines = columns === null ? [value] : wrapped(value, Math.max(least, columns - indent))
    lines.forEach((line, i) => {
      context.print(`${context.out.dim((i === 0 ? name : '').padEnd(indent))}${line}`)
    })
  }
}

/** Cut between words into lines of at most `width` columns; a word that is longer keeps its line. */
export function wrapped(text: string, width: number): string[] {
  // colours take no columns, and what is coloured is short
  if (text.includes('\u001b') || textWidth(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (textWidth(longer) <= width || line === '') line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}
