// One value of a domain for a number between 0 and 1: its quantile. Random search feeds it independent numbers, a Latin
// hypercube stratified ones.
import { assertNever } from '../base/assert.ts'
import type { Domain } from '../model/domain.ts'
import { float, int, type Value } from '../model/value.ts'
import { normalQuantile } from './normal.ts'
import { sequenceAt, sequenceLength } from './sequence.ts'

/** 0 < u < 1. A grid is drawn from like a choice, a constant is itself. */
export function drawAt(domain: Domain, u: number): Value {
  switch (domain.kind) {
    case 'constant':
      return domain.value
    case 'grid':
    case 'choice':
      return sequenceAt(domain.values, Math.floor(u * sequenceLength(domain.values)))
    case 'float':
      return float(floatAt(domain, u))
    case 'int':
      return int(intAt(domain, u))
    case 'normal':
      return float(rounded(domain.mean + domain.sd * normalQuantile(u), 0, domain.step))
    default:
      return assertNever(domain)
  }
}

function floatAt({ low, high, log, step }: Domain & { kind: 'float' }, u: number): number {
  if (log) return clamp(rounded(Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low))), low, step), low, high)
  if (step === null) return clamp(low + u * (high - low), low, high)
  return exact(low + step * Math.floor(u * stepsOf(low, high, step)))
}

function intAt({ low, high, log, step }: Domain & { kind: 'int' }, u: number): number {
  if (!log) return low + step * Math.floor(u * stepsOf(low, high, step))
  // each whole number n stands for n-0.5 .. n+0.5 of the logarithm
  const from = Math.log(low - 0.5)
  const value = Math.round(Math.exp(from + u * (Math.log(high + 0.5) - from)))
  return clamp(low + step * Math.round((value - low) / step), low, low + step * (stepsOf(low, high, step) - 1))
}

/** How many values low, low + step, … there are up to high; a step that rounding made a little too long still counts. */
export function stepsOf(low: number, high: number, step: number): number {
  return Math.floor((high - low) / step + 1e-9) + 1
}

/** The next of origin, origin ± step, … */
function rounded(value: number, origin: number, step: number | null): number {
  return step === null ? value : exact(origin + step * Math.round((value - origin) / step))
}

/** 0.30000000000000004 is 0.3: fifteen digits are what steps can carry. */
function exact(value: number): number {
  return Number(value.toPrecision(15))
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
