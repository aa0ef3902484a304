// An optimiser for the tests beside: what it suggests depends on everything before, in its order.
import type { SuggestEvent, TrialResult } from '../suggest/protocol.ts'
import type { Optimiser } from './search-driver.ts'

/** What the optimiser was given, over all its processes. */
export class FakeOptimiser implements Optimiser {
  readonly log: string[] = []
  /** trials beyond this are not suggested before one more result is told, with `patience` */
  readonly #history: () => readonly SuggestEvent[]
  readonly #most: number
  #state: { asked: number; sum: number } | null = null
  #told = new Set<number>()
  closed = false
  gate: Promise<void> | null = null

  constructor(history: () => readonly SuggestEvent[], most: number) {
    this.#history = history
    this.#most = most
  }

  async ask(n: number, signal: AbortSignal) {
    const state = this.#start()
    this.log.push(`ask ${n}`)
    if (this.gate !== null) await this.gate
    if (signal.aborted) {
      this.#state = null
      throw signal.reason
    }
    const count = Math.min(n, this.#most - state.asked)
    return Array.from({ length: count }, () => {
      // depends on everything before it
      const x = (state.sum * 7 + state.asked * 13 + 1) % 997
      return { trial: state.asked++, params: { x } }
    })
  }

  async tell(results: readonly TrialResult[]) {
    const state = this.#start()
    for (const result of results) this.#learn(state, result)
    this.log.push(`tell ${results.map(({ trial }) => trial).join(' ')}`)
  }

  async close() {
    this.closed = true
    this.#state = null
  }

  #start(): { asked: number; sum: number } {
    if (this.#state !== null) return this.#state
    this.#state = { asked: 0, sum: 0 }
    this.#told = new Set()
    for (const event of this.#history()) {
      if ('ask' in event) this.#state.asked += event.ask.length
      else for (const result of event.tell) this.#learn(this.#state, result)
    }
    return this.#state
  }

  #learn(state: { sum: number }, result: TrialResult): void {
    if (this.#told.has(result.trial)) return
    this.#told.add(result.trial)
    state.sum = state.sum * 3 + ('values' in result ? (result.values[0] ?? 0) : 'penalty' in result ? Number(result.penalty) : 5)
    state.sum %= 1_000_003
  }
}
