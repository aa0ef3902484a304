// Problems as text for a terminal: `jobs.yaml:14:9: python.jobs[2].file: no such file …`, the line, a caret, the hint.
import type { Problem } from './problem.ts'

const mostShown = 50
const widest = 120

interface FormatOptions {
  readonly colour?: boolean
}

/** One block a problem, each line ended; empty when there is none. `text` is what was parsed, `file` its name. */
export function formatProblems(problems: readonly Problem[], text: string, file: string, options: FormatOptions = {}): string {
  const lines = text.split('\n')
  const paint = options.colour === true ? coloured : plain
  const blocks = problems.slice(0, mostShown).map((problem) => block(problem, lines[problem.line - 1] ?? '', file, paint))
  const left = problems.length - mostShown
  if (left > 0) blocks.push(`${file}: … and ${left} more ${left === 1 ? 'problem' : 'problems'}\n`)
  return blocks.join('')
}

type Paint = (style: 'place' | 'error' | 'warning' | 'notice' | 'caret', text: string) => string

const plain: Paint = (_, text) => text
const codes = { place: 1, error: 31, warning: 33, notice: 36, caret: 32 } as const
const coloured: Paint = (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m`

function block(problem: Problem, line: string, file: string, paint: Paint): string {
  const place = paint('place', `${file}:${problem.line}:${problem.column}:`)
  const severity = problem.severity === 'error' ? '' : `${paint(problem.severity, `${problem.severity}:`)} `
  const path = problem.path === '' ? '' : `${problem.path}: `
  const text = tidy(problem.message, 500)
  const message = problem.severity === 'error' ? paint('error', text) : text
  const parts = [`${place} ${severity}${tidy(path, 200)}${message}`, ...source(line, problem.column, paint)]
  if (problem.hint !== undefined) parts.push(`  hint: ${tidy(problem.hint, 500)}`)
  return `${parts.map((part) => part.trimEnd()).join('\n')}\n`
}

/** The line, or the part around the place when it is long, and a caret below it. */
function source(line: string, column: number, paint: Paint): string[] {
  const at = Math.min(column - 1, line.length)
  const clean = tidy(line.replace(/\r$/, ''), Infinity)
  if (clean.trim() === '') return []
  const from = clean.length <= widest ? 0 : Math.max(0, Math.min(at - widest / 2, clean.length - widest))
  const head = from === 0 ? '' : '…'
  const tail = from + widest < clean.length ? '…' : ''
  const before = [...`${head}${clean.slice(from, at)}`].length
  return [`  ${head}${clean.slice(from, from + widest)}${tail}`, `  ${' '.repeat(before)}${paint('caret', '^')}`]
}

/** Values of the file stand in messages: control characters would act on the terminal, or move the caret. */
function tidy(text: string, most: number): string {
  const clean = text.replace(/\p{Cc}/gu, ' ')
  return clean.length > most ? `${clean.slice(0, most)}…` : clean
}
