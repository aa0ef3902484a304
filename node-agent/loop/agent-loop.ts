// Feeds events to the core one at a time and carries out its effects. An event that an effect brings about at once
// waits until the effects before it are done, so the core never sees itself half-way.
import type { Effect } from '../core/effect.ts'
import type { Event } from '../core/event.ts'
import type { State } from '../core/state.ts'
import { step } from '../core/step.ts'

/** ms between ticks: the grain of the core's own deadlines (seconds). */
const tickEvery = 250

export class AgentLoop {
  readonly #state: State
  readonly #carryOut: (effect: Effect) => void
  readonly #events: Event[] = []
  #busy = false
  #ticks: NodeJS.Timeout | null = null

  constructor(state: State, carryOut: (effect: Effect) => void) {
    this.#state = state
    this.#carryOut = carryOut
  }

  dispatch(event: Event): void {
    this.#events.push(event)
    if (this.#busy) return
    this.#busy = true
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        for (const effect of step(this.#state, next, performance.now())) this.#carryOut(effect)
      }
    } finally {
      this.#busy = false
    }
  }

  start(): void {
    this.#ticks ??= setInterval(() => this.dispatch({ kind: 'tick' }), tickEvery)
  }

  stop(): void {
    if (this.#ticks !== null) clearInterval(this.#ticks)
    this.#ticks = null
  }
}
