// `--where` cut into words, each with the column where it stands. Linear in the length of the text.
import { DistError } from '../../shared/base/errors.ts'

export type Token =
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'text'; readonly value: string; readonly at: number }
  | { readonly kind: 'sign'; readonly sign: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number }

const blank = /\s+/y
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const name = /[\p{L}_][\p{L}\p{N}_./]*/uy
const quoted = /'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"/y
const ticked = /`[^`]*`/y
const sign = /<=|>=|==|!=|&&|\|\||[<>=!()+-]/y
const words: Readonly<Record<string, string>> = { and: 'and', or: 'or', not: 'not' }
const signs: Readonly<Record<string, string>> = { '=': '==', '&&': 'and', '||': 'or', '!': 'not' }

/** The last one is of kind `end`. Throws `usage` with the column. */
export function whereTokens(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? null
  }
  while (at < text.length) {
    const skipped = take(blank)
    if (skipped !== null) {
      at += skipped.length
      continue
    }
    const found = take(number) ?? take(name) ?? take(quoted) ?? take(ticked) ?? take(sign)
    if (found === null) throw whereError(at, problemAt(text, at), 'write for example: loss < 0.5 and `nmda.PYR->BC` >= 1e-3')
    tokens.push(tokenOf(found, at))
    at += found.length
  }
  return [...tokens, { kind: 'end', at }]
}

/** `at` counts from 0, people from 1. */
export function whereError(at: number, problem: string, hint: string): DistError {
  return new DistError('usage', `--where, column ${at + 1}: ${problem}`, { hint })
}

function tokenOf(found: string, at: number): Token {
  const [first = ''] = found
  if (/[\d.]/.test(first)) return { kind: 'number', value: Number(found), at }
  if (first === '`') return { kind: 'name', name: found.slice(1, -1), at }
  if (first === "'" || first === '"') return { kind: 'text', value: found.slice(1, -1).replace(/\\(.)/gs, '$1'), at }
  const word = words[found.toLowerCase()] ?? signs[found]
  if (word !== undefined) return { kind: 'sign', sign: word, at }
  return /[\p{L}_]/u.test(first) ? { kind: 'name', name: found, at } : { kind: 'sign', sign: found, at }
}

function problemAt(text: string, at: number): string {
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0)
  if (char === '`') return 'a name begins here with ` and never ends'
  return char === "'" || char === '"' ? `text begins here with ${char} and never ends` : `${char} means nothing here`
}
