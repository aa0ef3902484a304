// Strata of a Latin hypercube: each parameter's range is cut into as many parts as there are samples, and each part is used
// once, in an order shuffled for each parameter (Fisher-Yates from the last element down).
import { uniform } from './philox.ts'

/** A permutation of 0..count-1 for this parameter; `block` tells extensions of a search apart. */
export function strata(seed: number, block: number, position: number, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    // a block has its own counters: 2^32 of them, which a shuffle does not use up
    const other = Math.floor(uniform(seed, 'shuffle', block * 2 ** 32 + last, position) * (last + 1))
    const value = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = value
  }
  return order
}
