// The generator behind every native draw: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11).
// It is a function of counter and key without state, so any trial is drawn without the ones before it, and the same on every
// machine. docs/search.md says which counter belongs to which draw.

/** Four words of 32 bits. */
export type Words = readonly [number, number, number, number]

const rounds = 10
const multiplierA = 0xd2511f53
const multiplierB = 0xcd9e8d57
/** golden ratio and sqrt(3) - 1, as the paper has them */
const weylA = 0x9e3779b9
const weylB = 0xbb67ae85

/** Ten rounds over `counter` under `key`. */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [a, b, c, d] = counter
  let [keyA, keyB] = key
  for (let round = 0; round < rounds; round++) {
    const highA = multiplyHigh(multiplierA, a)
    const lowA = Math.imul(multiplierA, a)
    const highB = multiplyHigh(multiplierB, c)
    const lowB = Math.imul(multiplierB, c)
    a = (highB ^ b ^ keyA) >>> 0
    b = lowB >>> 0
    c = (highA ^ d ^ keyB) >>> 0
    d = lowA >>> 0
    keyA = (keyA + weylA) >>> 0
    keyB = (keyB + weylB) >>> 0
  }
  return [a, b, c, d]
}

/** Upper 32 bits of a product of two words. */
function multiplyHigh(x: number, y: number): number {
  const xHigh = x >>> 16
  const xLow = x & 0xffff
  const yHigh = y >>> 16
  const yLow = y & 0xffff
  const middle = xHigh * yLow + ((xLow * yLow) >>> 16)
  const carry = xLow * yHigh + (middle % 0x10000)
  return (xHigh * yHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0
}

/** What a draw is for: no two purposes share a counter. */
export const purposes = { value: 0, stratum: 1, shuffle: 2 } as const

/** The middle of one of 2^53 equal steps of 0..1: neither 0 nor 1 (the largest would round to 1, and stays below). */
export function uniform(seed: number, purpose: keyof typeof purposes, index: number, position: number): number {
  const [high, low] = philox([index >>> 0, Math.floor(index / 2 ** 32), position >>> 0, purposes[purpose]], [seed >>> 0, 0])
  return Math.min(((high >>> 5) * 2 ** 26 + (low >>> 6) + 0.5) / 2 ** 53, 1 - 2 ** -53)
}
