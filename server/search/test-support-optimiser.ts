// An optimiser for the tests beside: what it suggests depends on everything before, in its order.
import type { ErrorCode } from '../../shared/base/error-codes.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { SuggestEvent, TrialResult } from '../suggest/protocol.ts'
import type { Optimiser } from './search-driver.ts'

export interface Faults {
  /** what every ask is answered with; null = suggestions */
  refuse: { readonly code: ErrorCode; readonly message: string; readonly hint: string } | null
  /** it suggests no more than so many trials whose results it does not know */
  ahead: number
  /** an ask is answered when this resolves */
  gate: Promise<void> | null
}

/** What the optimiser was given, over all its processes. */
export class FakeOptimiser implements Optimiser {
  readonly log: string[] = []
  readonly #history: () => readonly SuggestEvent[]
  readonly #most: number
  #state: { asked: number; sum: number } | null = null
  #told = new Set<number>()
  readonly told: TrialResult[] = []
  readonly #faults: Faults

  /** `most`: suggestions that it has */
  constructor(history: () => readonly SuggestEvent[], most: number, faults: Faults) {
    this.#history = history
    this.#most = most
    this.#faults = faults
  }

  async ask(n: number, signal: AbortSignal) {
    const state = this.#start()
    this.log.push(`ask ${n}`)
    const { refuse, gate } = this.#faults
    if (refuse !== null) throw new DistError(refuse.code, refuse.message, { hint: refuse.hint })
    await gate
    if (signal.aborted) {
      this.#state = null
      throw signal.reason
    }
    const unknown = state.asked - this.#told.size
    const count = Math.min(n, this.#most - state.asked, this.#faults.ahead - unknown)
    return Array.from({ length: count }, () => {
      // depends on everything before it
      const x = (state.sum * 7 + state.asked * 13 + 1) % 997
      return { trial: state.asked++, params: { x } }
    })
  }

  async tell(results: readonly TrialResult[]) {
    const state = this.#start()
    for (const result of results) this.#learn(state, result)
    this.told.push(...results)
    this.log.push(`tell ${results.map(({ trial }) => trial).join(' ')}`)
  }

  async close() {
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
