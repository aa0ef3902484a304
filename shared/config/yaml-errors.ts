// YAML errors in the words of someone who wants to run jobs: what is written there and how to write it instead.
import type { YAMLError } from 'yaml'
import type { Problems } from './problem.ts'

/** Later errors of a broken text mostly follow from the first ones. */
const mostErrors = 5

/** Adds a problem for each error of the parser, at most one a line and the first few only. */
export function reportYamlErrors(text: string, errors: readonly YAMLError[], problems: Problems): void {
  const lines = new Set<number>()
  // what is missing at the end is shown at the last line that has something
  const lastLetter = Math.max(0, text.trimEnd().length - 1)
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    const at = Math.min(error.pos[0], lastLetter)
    const line = text.lastIndexOf('\n', at - 1)
    if (lines.has(line) || lines.size >= mostErrors) continue
    lines.add(line)
    const { message, hint } = explain(error, text, at)
    problems.error(at, null, message, hint)
  }
}

interface Explanation {
  readonly message: string
  readonly hint?: string
}

function explain(error: YAMLError, text: string, at: number): Explanation {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { message: 'a tab is used for indentation', hint: 'indent with spaces: YAML allows no tabs there' }
    case 'BAD_SCALAR_START': {
      const value = rest(text, at)
      return { message: `a value cannot begin with '${text[at]}' in YAML`, hint: `put it in quotes: "${value}"` }
    }
    case 'TAG_RESOLVE_FAILED': {
      const value = rest(text, at)
      return { message: `'${value}' begins with '!', which YAML takes for a tag`, hint: `put it in quotes: "${value}"` }
    }
    case 'MULTIPLE_DOCS':
      return { message: "a second document begins here ('---')", hint: 'write one jobset a file' }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { message: 'a second mapping begins here', hint: 'check the indentation, or put a value with a colon in quotes' }
    case 'MULTILINE_IMPLICIT_KEY':
      return { message: 'this line has no colon after its key', hint: 'write key: value, and check the indentation' }
    case 'BAD_INDENT':
      return unclosed(error) ?? { message: lowered(error.message), hint: 'check the indentation' }
    case 'MISSING_CHAR':
      return (
        unclosed(error) ?? {
          message: lowered(error.message).replace(/"quote$/, 'quote'),
          hint: 'check quotes and colons before this place',
        }
      )
    case 'UNEXPECTED_TOKEN':
      return { message: `'${rest(text, at).slice(0, 30)}' makes no sense here`, hint: 'check indentation, quotes and brackets around it' }
    default:
      return { message: lowered(error.message) }
  }
}

function unclosed(error: YAMLError): Explanation | null {
  const bracket = /end with a ([}\]])$/.exec(error.message)?.[1]
  if (bracket === undefined) return null
  return { message: `'${bracket}' is missing: a bracket is still open here`, hint: 'close every bracket, and indent what is between them' }
}

/** What is written from there to the end of the value. */
function rest(text: string, at: number): string {
  const line = text.slice(at, at + 200).split(/[\r\n]/, 1)[0] ?? ''
  return line
    .replace(/\s+#.*$/, '')
    .replace(/[,\]}].*$/, '')
    .trim()
}

function lowered(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
