// Seeded chance for the simulator: the same seed is the same story.

export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** Goes on as the chance of step `n` of a story, whatever was drawn before: a story without some steps stays the same story. */
  reseed(seed: number, n: number): void {
    this.#state = Math.imul(seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b)
    this.next()
  }

  /** 0 <= x < 1 (mulberry32) */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(p: number): boolean {
    return this.next() < p
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)]
  }
}
