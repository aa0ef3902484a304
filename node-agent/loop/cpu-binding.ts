// Which CPUs the jobs of a slot may use. A slot gets its CPUs with its first job and keeps them while it has attempts; they
// are taken back when another slot needs some, so a slot that is used again and again stays where it was. Asked by the desk
// for every job: the usual answer is one look into a map.
import type { State } from '../core/state.ts'
import { chooseCpus } from '../probe/cpus.ts'

export class CpuBinding {
  readonly #state: State
  /** those that may be used at all, by physical core */
  readonly #cores: readonly (readonly number[])[]
  readonly #all: number
  readonly #chosen: boolean
  readonly #on: () => boolean
  readonly #slots = new Map<number, readonly number[]>()

  /** `chosen`: somebody said which CPUs, so that they bind also a job that gets them all; `on`: are jobs bound, now */
  constructor(state: State, cores: readonly (readonly number[])[], chosen: boolean, on: () => boolean) {
    this.#state = state
    this.#cores = cores
    this.#all = cores.flat().length
    this.#chosen = chosen
    this.#on = on
  }

  /** null = all: nothing to gain for a job that gets them all, not enough left, or jobs are not bound here. */
  take(slot: number, count: number): readonly number[] | null {
    if (!this.#on() || count > this.#all || (count === this.#all && !this.#chosen)) return null
    const own = this.#slots.get(slot) ?? []
    if (own.length === count) return own
    if (own.length > count) return own.slice(0, count)
    this.#releaseIdle(slot)
    const more = chooseCpus(this.#cores, new Set([...this.#slots.values()].flat()), count - own.length)
    if (more === null) return null
    const cpus = [...own, ...more].sort((a, b) => a - b)
    this.#slots.set(slot, cpus)
    return cpus
  }

  /** A job that an agent before us bound runs there: nobody else gets these. */
  found(slot: number, cpus: readonly number[] | null): void {
    const known = new Set(this.#cores.flat())
    const own = cpus?.filter((cpu) => known.has(cpu)) ?? []
    if (own.length > 0 && own.length < this.#all) this.#slots.set(slot, own)
  }

  /** `but`: it is about to get an attempt. */
  #releaseIdle(but: number): void {
    const busy = new Set([but])
    for (const { phase, work } of this.#state.attempts.values()) if (phase.kind !== 'finished') busy.add(work.slot)
    for (const slot of this.#slots.keys()) if (!busy.has(slot)) this.#slots.delete(slot)
  }
}
