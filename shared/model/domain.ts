// What a parameter of a search may be: one value, values that are all tried, or values to draw from. Compiled from the many
// spellings of a jobset file (search.md) or a script.
import type { Value } from './value.ts'

/** Values of a grid, numbered from 0, without a list where a rule is enough: a range of a million takes no memory. */
export type Sequence =
  | { readonly kind: 'list'; readonly values: readonly Value[] }
  /** whole numbers start, start + step, … */
  | { readonly kind: 'range'; readonly start: number; readonly step: number; readonly count: number }
  /** floats start, start + step, … as numpy.arange */
  | { readonly kind: 'arange'; readonly start: number; readonly step: number; readonly count: number }
  /** floats from start to stop, both included, as numpy.linspace */
  | { readonly kind: 'linspace'; readonly start: number; readonly stop: number; readonly count: number }
  /** base to the power of a linspace, as numpy.logspace */
  | { readonly kind: 'logspace'; readonly start: number; readonly stop: number; readonly count: number; readonly base: number }

export type Domain =
  | { readonly kind: 'constant'; readonly value: Value }
  /** every value is tried */
  | { readonly kind: 'grid'; readonly values: Sequence }
  /** one of these */
  | { readonly kind: 'choice'; readonly values: Sequence }
  /** low <= x < high; `log`: uniform in the logarithm, low > 0; `step`: low, low + step, … up to high */
  | { readonly kind: 'float'; readonly low: number; readonly high: number; readonly log: boolean; readonly step: number | null }
  /** low <= n <= high */
  | { readonly kind: 'int'; readonly low: number; readonly high: number; readonly log: boolean; readonly step: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number; readonly step: number | null }

export interface SearchParam {
  readonly name: string
  readonly domain: Domain
}
