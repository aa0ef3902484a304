// Processes that were looked at and belong to nobody here. A look at a process costs 0.1 ms, and a machine has hundreds: who is
// known not to belong, and cannot come to belong, is passed over. One a keeper, used by members.ts.

/** Pid numbers are not used again within this time: all of them would have to be used up first. */
const freshMs = 1_000

export class Strangers {
  #pids: ReadonlySet<number> = new Set()
  #at = 0

  /** Those of the look before, as long as a number still stands for the same process. */
  known(): ReadonlySet<number> {
    return performance.now() - this.#at < freshMs ? this.#pids : new Set()
  }

  /** All of this look; who is not among them is gone, or unknown again. */
  keep(pids: ReadonlySet<number>): void {
    this.#pids = pids
    this.#at = performance.now()
  }
}
