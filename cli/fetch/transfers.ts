// Transfers side by side, up to a limit. The first failure ends the others. Used by pull-jobset.ts.

export class Transfers {
  /** fires at the first failure, or with the signal given */
  readonly signal: AbortSignal
  readonly #limit: number
  readonly #abort = new AbortController()
  readonly #running = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | null = null

  constructor(limit: number, signal: AbortSignal) {
    this.#limit = limit
    this.signal = AbortSignal.any([signal, this.#abort.signal])
  }

  /** Settles when the work has begun: that is what holds up whoever lists faster than is fetched. Throws the first failure. */
  async begin(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#limit) await Promise.race(this.#running)
    this.#check()
    const run = work(this.signal)
      .catch((error: unknown) => {
        this.#failure ??= { error }
        this.#abort.abort(error)
      })
      .finally(() => this.#running.delete(run))
    this.#running.add(run)
  }

  /** Waits for all. Throws the first failure. */
  async end(): Promise<void> {
    await Promise.all(this.#running)
    this.#check()
  }

  /** Ends those that run and waits until they have; throws nothing. */
  async stop(): Promise<void> {
    this.#abort.abort(new DOMException('another transfer failed', 'AbortError'))
    await Promise.all(this.#running)
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error
  }
}
