// Tables of wrong jobset files for the tests: title, text, and what the reader must say about it, word for word.
import { parseJobset } from './parse-jobset.ts'

export interface Case {
  readonly title: string
  readonly text: string
  readonly expected: string
}

/**
 * Cases of a text in which `# title` at the start of a line begins one, `=> ` a problem, three spaces its hint.
 */
export function casesOf(table: string): readonly Case[] {
  return table
    .split(/^# /m)
    .slice(1)
    .map((block) => {
      const cut = block.indexOf('\n')
      const answer = block.search(/^=> /m)
      return { title: block.slice(0, cut), text: block.slice(cut + 1, answer), expected: block.slice(answer) }
    })
}

/** The problems of a text in the form of the tables; `notYet` as in parseJobset. */
export function shown(text: string, notYet?: ReadonlySet<string>): string {
  const options = { file: 'jobs.yaml', folder: '/home/anna/sweep', ...(notYet === undefined ? {} : { notYet }) }
  const { problems } = parseJobset(text, options)
  return problems
    .map(({ severity, line, column, path, message, hint }) => {
      const kind = severity === 'error' ? '' : `${severity}: `
      const where = path === '' ? '' : `${path}: `
      return `=> ${line}:${column}: ${kind}${where}${message}\n${hint === undefined ? '' : `   ${hint}\n`}`
    })
    .join('')
}
