// The generated part of docs/cli.md: every command with its arguments, flags, what --json prints, and examples. Pure.
import type { Command } from 'commander'
import { examples } from '../program/examples.ts'
import { fieldsOf, notation } from './notation.ts'
import { named, shapes } from './shapes.ts'

/** Stands in docs/cli.md above what is generated; what is above it is written by hand. */
export const marker = '<!-- Made by cli/document/document.test.ts: what is below is never edited. -->'

/** Commands that do something, with their words, in the order of the help. */
export function leaves(program: Command): { readonly words: string; readonly command: Command }[] {
  const visit = (command: Command, words: readonly string[]): { words: string; command: Command }[] =>
    command.commands.length === 0
      ? [{ words: words.join(' '), command }]
      : command.commands.flatMap((inner) => visit(inner, [...words, inner.name()]))
  return visit(program, [])
}

export function page(program: Command): string {
  const objects = Object.keys(named).map((name) => `- \`${name}\`: \`${fieldsOf(name as keyof typeof named)}\``)
  return [
    marker,
    '',
    '## Objects',
    'What several commands print; the objects of the HTTP API have the same names and fields.',
    ...objects,
    '',
    '## Commands',
    ...leaves(program).flatMap(({ words, command }) => ['', ...section(words, command)]),
    '',
  ].join('\n')
}

function section(words: string, command: Command): string[] {
  const usage = command.registeredArguments.map(({ required, variadic }, i) => {
    const name = `${command.registeredArguments[i]?.name()}${variadic ? '...' : ''}`
    return required ? `<${name}>` : `[${name}]`
  })
  const lines = [`### dist ${[words, ...usage].join(' ')}`, sentence(command.description() || command.summary())]
  const table = [
    ...command.registeredArguments.map((argument) => [argument.name(), argument.description]),
    ...command.options.map(({ flags, description, defaultValue }) => [
      flags,
      typeof defaultValue === 'string' ? `${description} (${defaultValue})` : description,
    ]),
  ]
  if (table.length > 0) lines.push('', ...table.map(([name, text]) => `- \`${name}\`: ${text}`))
  const declared = shapes[words]
  if (declared !== undefined) {
    const [first, ...others] = notation(declared.shape)
    const or = others.map((other) => `, or \`${other}\``).join('')
    lines.push(
      '',
      `\`--json\`${declared.lines === true ? ', a line each' : ''}: \`${first}\`${or}.${declared.note === undefined ? '' : ` ${declared.note}`}`,
    )
  }
  const shown = examples[words]
  if (shown !== undefined) lines.push('', '```sh', ...shown, '```')
  return lines
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}
