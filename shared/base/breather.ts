// Gives the event loop back during long loops of sync work, by time and not by count: items differ in cost a thousandfold.
import { setImmediate as nextTurn } from 'node:timers/promises'

export class Breather {
  readonly #everyMs: number
  #since = performance.now()

  /** `everyMs`: sync work between two breaths. */
  constructor(everyMs = 15) {
    this.#everyMs = everyMs
  }

  /** True when it is time to `await breathe()`; asked first because awaiting costs a microtask even when nothing is due. */
  get due(): boolean {
    return performance.now() - this.#since >= this.#everyMs
  }

  async breathe(): Promise<void> {
    await nextTurn()
    this.#since = performance.now()
  }
}
