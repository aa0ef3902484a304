// The values of a grid by number, numpy's rounding included, so that a grid written here has the very numbers that a script
// with numpy had.
import { assertNever } from '../base/assert.ts'
import type { Sequence } from '../model/domain.ts'
import { float, int, type Value } from '../model/value.ts'

export function sequenceLength(sequence: Sequence): number {
  return sequence.kind === 'list' ? sequence.values.length : sequence.count
}

/** The value with this number, 0 <= index < length. */
export function sequenceAt(sequence: Sequence, index: number): Value {
  switch (sequence.kind) {
    case 'list':
      return sequence.values[index] ?? { kind: 'null' }
    case 'range':
      return int(sequence.start + index * sequence.step)
    case 'arange':
      // numpy takes the step as it comes out of the first two values
      return float(sequence.start + index * (sequence.start + sequence.step - sequence.start))
    case 'linspace':
      return float(between(sequence, index))
    case 'logspace':
      return float(sequence.base ** between(sequence, index))
    default:
      return assertNever(sequence)
  }
}

function between({ start, stop, count }: { start: number; stop: number; count: number }, index: number): number {
  if (count > 1 && index === count - 1) return stop
  return count === 1 ? start : index * ((stop - start) / (count - 1)) + start
}
