// The space as an ask/tell program gets it, and its suggestions with the types that JSON lost: a continuous parameter is a
// float although 3 came back, a choice is the very value of the space.
import { assertNever } from '../base/assert.ts'
import type { Domain, SearchParam, Sequence } from '../model/domain.ts'
import type { ParamValue } from '../model/options.ts'
import { float, int, type Params, plain, sameValue, type Value } from '../model/value.ts'
import { sequenceAt, sequenceLength } from './sequence.ts'

/** One parameter that is searched: numbers as in Domain, the values of a choice in full. */
type SuggestedDomain =
  | Extract<Domain, { kind: 'int' }>
  | { readonly kind: 'float'; readonly low: number; readonly high: number; readonly log: boolean; readonly step?: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number; readonly step?: number }
  | { readonly kind: 'choice'; readonly values: readonly ParamValue[] }

export type SuggestedParam = { readonly name: string } & SuggestedDomain

/** Values that an outside algorithm may choose from, all parameters together: it is given every one. */
export const mostChoices = 10_000

/** Null when an outside algorithm can be given this space. */
export function choicesProblem(params: readonly SearchParam[]): string | null {
  const choices = params.reduce((sum, { domain }) => sum + ('values' in domain ? sequenceLength(domain.values) : 0), 0)
  if (choices <= mostChoices) return null
  return `it has ${choices.toLocaleString('en')} values to choose from, and an optimiser takes at most ${mostChoices.toLocaleString('en')}`
}

/** In the order of the space; constants are not searched, and a grid is a choice. */
export function suggestSpace(params: readonly SearchParam[]): readonly SuggestedParam[] {
  return params.flatMap(({ name, domain }): readonly SuggestedParam[] => {
    switch (domain.kind) {
      case 'constant':
        return []
      case 'grid':
      case 'choice':
        return [{ name, kind: 'choice', values: all(domain.values).map(plain) }]
      case 'int':
        return [{ name, ...domain }]
      case 'float':
      case 'normal': {
        const { step, ...rest } = domain
        return [{ name, ...rest, ...(step === null ? {} : { step }) }]
      }
      default:
        return assertNever(domain)
    }
  })
}

/** All parameters of a trial in the space's order, constants included; a text says what is wrong with the suggestion. */
export function typedParams(params: readonly SearchParam[], suggestion: Readonly<Record<string, ParamValue>>): Params | string {
  const typed: (readonly [string, Value])[] = []
  for (const { name, domain } of params) {
    const value =
      domain.kind === 'constant' ? domain.value : admitted(domain, Object.hasOwn(suggestion, name) ? suggestion[name] : undefined)
    if (value === null) return `${name} was suggested as ${JSON.stringify(suggestion[name])}, which it cannot be`
    typed.push([name, value])
  }
  return typed
}

function admitted(domain: Exclude<Domain, { kind: 'constant' }>, value: ParamValue | undefined): Value | null {
  if (value === undefined) return null
  if (domain.kind === 'grid' || domain.kind === 'choice') return all(domain.values).find((one) => sameValue(plain(one), value)) ?? null
  if (typeof value !== 'number' || !Number.isFinite(value)) return null
  if (domain.kind !== 'int') return float(value)
  return Number.isSafeInteger(value) ? int(value) : null
}

function all(sequence: Sequence): readonly Value[] {
  return Array.from({ length: sequenceLength(sequence) }, (_, index) => sequenceAt(sequence, index))
}
