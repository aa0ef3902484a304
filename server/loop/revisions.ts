// Revisions of jobsets, for `wait`: a number that grows with every change, also across restarts of the head.

export class Revisions {
  readonly #start: number
  readonly #of = new Map<number, number>()
  readonly #waiting = new Set<() => void>()

  /** `start`: wall ms of this head's start, above every revision of the heads before. */
  constructor(start: number) {
    this.#start = start
  }

  of(jobset: number): number {
    return this.#of.get(jobset) ?? this.#start
  }

  changed(jobset: number): void {
    this.#of.set(jobset, this.of(jobset) + 1)
  }

  /** Calls everyone who waits; once per loop turn, not per change. */
  wake(): void {
    for (const check of [...this.#waiting]) check()
  }

  /** Resolves true when `done()` holds, checked after every change, or false after `ms` or an abort. */
  until(done: () => boolean, ms: number, signal: AbortSignal): Promise<boolean> {
    if (done()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const finish = (result: boolean): void => {
        clearTimeout(timer)
        this.#waiting.delete(check)
        signal.removeEventListener('abort', abort)
        resolve(result)
      }
      const check = (): void => {
        if (done()) finish(true)
      }
      const abort = (): void => finish(false)
      const timer = setTimeout(() => finish(done()), ms)
      signal.addEventListener('abort', abort)
      this.#waiting.add(check)
    })
  }
}
