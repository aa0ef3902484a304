// A parameter's value with the type that a job must see: 3 is a whole number, 3.0 is not, a tied combination is a tuple.
// JavaScript and JSON lose that, and a batchtools script fails or misbehaves without it. Kept as plain data, so that it can
// be stored and sent as JSON.
import type { ParamValue } from './options.ts'

export type Value =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  /** a safe integer */
  | { readonly kind: 'int'; readonly value: number }
  /** finite: JSON has no other */
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  /** values that belong together (`coupled`): a tuple for Python, a list for JSON */
  | { readonly kind: 'tuple'; readonly items: readonly Value[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: string, value: Value])[] }

/** What one trial gets: names, dotted ones as they are, in the order of the search space. */
export type Params = readonly (readonly [name: string, value: Value])[]

export const float = (value: number): Value => ({ kind: 'float', value })
export const int = (value: number): Value => ({ kind: 'int', value })
export const text = (value: string): Value => ({ kind: 'text', value })

/** As JSON has it: types that JSON does not know are lost. */
export function plain(value: Value): ParamValue {
  switch (value.kind) {
    case 'null':
      return null
    case 'list':
    case 'tuple':
      return value.items.map(plain)
    case 'map':
      return Object.fromEntries(value.entries.map(([key, item]) => [key, plain(item)]))
    default:
      return value.value
  }
}

/** A typed value of what JSON has: a number without a fraction is whole. */
export function typed(value: ParamValue): Value {
  if (value === null) return { kind: 'null' }
  if (typeof value === 'boolean') return { kind: 'bool', value }
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return Number.isSafeInteger(value) ? int(value) : float(value)
  if (isList(value)) return { kind: 'list', items: value.map(typed) }
  return { kind: 'map', entries: Object.entries(value).map(([key, item]) => [key, typed(item)] as const) }
}

/** The same as JSON has it: 3 and 3.0 are, a list and a tuple of the same are, keys in any order are. */
export function sameValue(a: ParamValue, b: ParamValue): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index] ?? null))
  }
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key] ?? null, b[key] ?? null))
}

function isList(value: ParamValue): value is readonly ParamValue[] {
  return Array.isArray(value)
}
