// `--where`: `a > 3 and (state == 'failed' or not b <= 1e-3)`. Compiled once, then asked for every trial; what a trial lacks
// fits nothing but `== null`.
//   or -> and -> not -> comparison -> name | number | text | true | false | null | ( or )
import type { SearchReply } from '../../shared/api/types.ts'
import type { ParamValue } from '../../shared/model/options.ts'
import { fieldOf, isKnownField, type TrialRow } from './trial-row.ts'
import { type Token, whereError, whereTokens } from './where-tokens.ts'

export interface Where {
  fits(row: TrialRow): boolean
  /** names that no trial had so far, and that no parameter or metric has */
  unseen(): readonly string[]
}

type Term = (row: TrialRow) => ParamValue | undefined

/** brackets and `not` within each other: a stack has an end */
const deepest = 100
const comparisons = ['<', '<=', '>', '>=', '==', '!='] as const
type Comparison = (typeof comparisons)[number]
const example = "write for example: loss < 0.5 and state == 'reported'"

/** Throws `usage` with the column of what is wrong. */
export function compileWhere(text: string, search: Pick<SearchReply, 'params' | 'metrics'>): Where {
  const parser = new Parser(whereTokens(text), search)
  const term = parser.all()
  return { fits: (row) => isTrue(term(row)), unseen: () => [...parser.unseen] }
}

class Parser {
  readonly unseen = new Set<string>()
  readonly #tokens: readonly Token[]
  readonly #search: Pick<SearchReply, 'params' | 'metrics'>
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[], search: Pick<SearchReply, 'params' | 'metrics'>) {
    this.#tokens = tokens
    this.#search = search
  }

  all(): Term {
    const term = this.#or()
    const rest = this.#token
    if (rest.kind === 'end') return term
    throw whereError(rest.at, 'a comparison has ended here, and and or or is missing', example)
  }

  get #token(): Token {
    // the last one is the end, which nothing takes
    return this.#tokens[this.#next] ?? { kind: 'end', at: 0 }
  }

  #takes(...signs: readonly string[]): string | null {
    const token = this.#token
    if (token.kind !== 'sign' || !signs.includes(token.sign)) return null
    this.#next++
    return token.sign
  }

  #or(): Term {
    return this.#joined(
      'or',
      () => this.#and(),
      (terms) => (row) => terms.some((term) => isTrue(term(row))),
    )
  }

  #and(): Term {
    return this.#joined(
      'and',
      () => this.#not(),
      (terms) => (row) => terms.every((term) => isTrue(term(row))),
    )
  }

  #joined(word: string, part: () => Term, join: (terms: readonly Term[]) => Term): Term {
    const first = part()
    const terms = [first]
    while (this.#takes(word) !== null) terms.push(part())
    return terms.length === 1 ? first : join(terms)
  }

  #not(): Term {
    let isNot = false
    let any = false
    while (this.#takes('not') !== null) {
      isNot = !isNot
      any = true
    }
    const term = this.#comparison()
    return any ? (row) => isTrue(term(row)) !== isNot : term
  }

  #comparison(): Term {
    const left = this.#operand()
    const sign = this.#takes(...comparisons) as Comparison | null
    if (sign === null) return left
    const right = this.#operand()
    const { at } = this.#token
    if (this.#takes(...comparisons) !== null) throw whereError(at, 'a comparison has two sides', 'write 1 < a and a < 3')
    return (row) => compare(left(row), sign, right(row))
  }

  #operand(): Term {
    const token = this.#token
    const minus = this.#takes('-', '+')
    const value = this.#token
    this.#next++
    if (value.kind === 'number') return constant(minus === '-' ? -value.value : value.value)
    if (minus !== null)
      throw whereError(value.at, `a number is missing after ${minus}`, 'names with other characters are written in backticks: `a-b`')
    if (value.kind === 'text') return constant(value.value)
    if (value.kind === 'name') return this.#named(value.name, value.at)
    if (value.kind === 'sign' && value.sign === '(') return this.#inBrackets(token.at)
    this.#next--
    throw whereError(value.at, 'a name, a number or text is missing', example)
  }

  #inBrackets(at: number): Term {
    if (++this.#depth > deepest) throw whereError(at, `more than ${deepest} brackets within each other`, 'write it with fewer')
    const term = this.#or()
    if (this.#takes(')') === null) throw whereError(at, 'this bracket is never closed', 'add )')
    this.#depth--
    return term
  }

  #named(name: string, at: number): Term {
    if (name === 'true' || name === 'false') return constant(name === 'true')
    if (name === 'null' || name === 'None') return constant(null)
    if (name === '') throw whereError(at, 'a name is empty', example)
    const field = fieldOf(this.#search, name)
    if (isKnownField(this.#search, name)) return field
    this.unseen.add(name)
    return (row) => {
      const value = field(row)
      if (value !== undefined) this.unseen.delete(name)
      return value
    }
  }
}

function constant(value: ParamValue): Term {
  return () => value
}

function isTrue(value: ParamValue | undefined): boolean {
  return value === true || (typeof value === 'number' && value !== 0)
}

function compare(left: ParamValue | undefined, sign: Comparison, right: ParamValue | undefined): boolean {
  if (left === null || right === null) {
    const same = (left ?? null) === (right ?? null)
    return sign === '==' ? same : sign === '!=' && !same
  }
  if (left === undefined || right === undefined) return false
  if (sign === '!=') return left !== right
  if (typeof left !== typeof right || typeof left === 'object' || typeof right === 'object') return false
  switch (sign) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    default:
      return left === right
  }
}
