// Regular expressions that other people write: matched in linear time (RE2), so that none can stop a program.
// Callers: path filters of `dist pull`, and whatever else takes a pattern from outside.
import { RE2JS } from 're2js'
import { DistError, errorMessage } from '../base/errors.ts'

interface Pattern {
  /** True when it matches somewhere in the path; `^` and `$` are for the whole of it. */
  test(path: string): boolean
}

const mostLetters = 1000

/** Compiles RE2 syntax. Throws `usage` for what is none, look-around and back-references included. */
export function compilePattern(text: string): Pattern {
  if (text.length > mostLetters) {
    throw new DistError('usage', `a pattern has at most ${mostLetters} letters, this one ${text.length}`, {
      hint: 'write several patterns',
    })
  }
  try {
    const compiled = RE2JS.compile(text)
    return { test: (path) => compiled.matcher(path).find() }
  } catch (cause) {
    const message = `${JSON.stringify(text)} is no regular expression: ${errorMessage(cause).replace(/^error parsing regexp: /i, '')}`
    throw new DistError('usage', message, { hint: hintFor(text), cause })
  }
}

function hintFor(text: string): string {
  if (/^\*|[/]\*/.test(text)) return "for 'anything' write .* instead of *"
  if (/\(\?<?[=!]|\\[1-9]/.test(text)) return 'look-around and back-references do not exist here (RE2 syntax)'
  return 'see https://github.com/google/re2/wiki/Syntax'
}
