// `{{name}}` in the command and the arguments of a search: where a trial's value goes.
import type { Params } from '../model/value.ts'
import { shownText } from './value-text.ts'

const pattern = /\{\{[ \t]*([^{}\s](?:[^{}\n]*[^{}\s])?)[ \t]*\}\}/g
/** Braces around anything else, such as a program in awk, are left alone. */
const nameLike = /^[\p{L}\p{N}_.:>[\]-]+$/u

/** Names that stand in a text and that no parameter has; `at` is the offset of the braces. */
export function unknownNames(text: string, known: ReadonlySet<string>): readonly { readonly name: string; readonly at: number }[] {
  return [...text.matchAll(pattern)].flatMap(({ 1: name = '', index }) =>
    !known.has(name) && nameLike.test(name) ? [{ name, at: index }] : [],
  )
}

/** Each value is one word of the shell, whatever is in it. So `{{name}}` stands without quotes around it. */
export function fillCommand(command: string, params: Params): string {
  return fill(command, params, shellQuoted)
}

/** Arguments see no shell: values are put in as they are. */
export function fillArgs(args: readonly string[], params: Params): readonly string[] {
  return args.map((arg) => fill(arg, params, (text) => text))
}

/** A word for `/bin/sh`. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

function fill(text: string, params: Params, put: (text: string) => string): string {
  const values = new Map(params)
  return text.replace(pattern, (braces, name: string) => {
    const value = values.get(name)
    return value === undefined ? braces : put(shownText(value))
  })
}
