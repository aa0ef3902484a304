// One upload at a time to one place. The newer one wins: a client that sends again has given up on its older try,
// whose connection may hang half-open for minutes.

interface Holder {
  readonly abort: AbortController
  readonly done: Promise<void>
}

export class Turns {
  readonly #holders = new Map<string, Holder>()

  /** Runs `work` alone for `key`: the one that runs is told to stop and waited for. Its signal also fires with `signal`. */
  async take<T>(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const before = this.#holders.get(key)
    const abort = new AbortController()
    let release = (): void => undefined
    const done = new Promise<void>((resolve) => {
      release = resolve
    })
    const mine: Holder = { abort, done }
    this.#holders.set(key, mine)
    try {
      before?.abort.abort(new DOMException('a newer request took over', 'AbortError'))
      await before?.done
      abort.signal.throwIfAborted()
      return await work(AbortSignal.any([signal, abort.signal]))
    } finally {
      release()
      if (this.#holders.get(key) === mine) this.#holders.delete(key)
    }
  }
}
