// Work that must not be noticed: a thread that works for a moment pauses as long. For threads only, a pause blocks.

const slot = new Int32Array(new SharedArrayBuffer(4))

/** Blocks this thread. */
export function block(ms: number): void {
  Atomics.wait(slot, 0, 0, ms)
}

export class Pace {
  readonly #workMs: number
  readonly #share: number
  #since = performance.now()

  /** Works `workMs` at a time, for `share` (0..1] of all time. */
  constructor(workMs = 20, share = 0.5) {
    this.#workMs = workMs
    this.#share = share
  }

  /** Called between two small pieces of work. */
  step(): void {
    const worked = performance.now() - this.#since
    if (worked < this.#workMs) return
    block((worked * (1 - this.#share)) / this.#share)
    this.#since = performance.now()
  }
}
