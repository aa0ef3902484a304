// An optimiser that is made when it is first asked: which interpreter it runs in is looked up then, and a search that needs no
// suggestions any more starts none.
import type { Suggestion, TrialResult } from '../suggest/protocol.ts'
import type { Optimiser } from './search-driver.ts'

export class LateOptimiser implements Optimiser {
  readonly #make: () => Promise<Optimiser>
  #made: Promise<Optimiser> | null = null

  constructor(make: () => Promise<Optimiser>) {
    this.#make = make
  }

  async ask(n: number, signal: AbortSignal): Promise<readonly Suggestion[]> {
    return (await this.#get()).ask(n, signal)
  }

  async tell(results: readonly TrialResult[], signal: AbortSignal): Promise<void> {
    return (await this.#get()).tell(results, signal)
  }

  async close(): Promise<void> {
    await (await this.#made?.catch(() => null))?.close()
  }

  #get(): Promise<Optimiser> {
    this.#made ??= this.#make().catch((error: unknown) => {
      // the next ask looks again: somebody may have mended it
      this.#made = null
      throw error
    })
    return this.#made
  }
}
