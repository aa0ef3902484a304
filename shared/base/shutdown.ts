// Background work and its end: promises and disposers belong to a group, which a program closes once before it exits.
import { errorMessage } from './errors.ts'

type Disposer = () => void | Promise<void>

export class ShutdownGroup {
  readonly #abort = new AbortController()
  readonly #running = new Set<Promise<void>>()
  readonly #disposers: Disposer[] = []
  readonly #onError: (error: unknown) => void
  #closing: Promise<void> | null = null

  /** `onError` gets what a background task or a disposer threw; an abort after `close` began is none. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** Fires when the group closes; every wait inside takes it. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Starts a background task that the group waits for. Does nothing once the group closes. */
  run(task: (signal: AbortSignal) => Promise<void>): void {
    if (this.#closing !== null) return
    const promise = Promise.resolve()
      .then(() => task(this.signal))
      .catch((error: unknown) => {
        if (!(this.signal.aborted && error instanceof Error && error.name === 'AbortError')) this.#report(error)
      })
      .finally(() => this.#running.delete(promise))
    this.#running.add(promise)
  }

  /** Registers something to undo; the last one registered is undone first. */
  onClose(disposer: Disposer): void {
    this.#disposers.push(disposer)
  }

  /** Aborts the signal, waits for the tasks, then undoes. A second call waits for the first. Never rejects. */
  close(reason: string): Promise<void> {
    this.#closing ??= this.#close(reason)
    return this.#closing
  }

  async #close(reason: string): Promise<void> {
    this.#abort.abort(new DOMException(`closing: ${reason}`, 'AbortError'))
    await Promise.all(this.#running)
    for (let next = this.#disposers.pop(); next !== undefined; next = this.#disposers.pop()) {
      try {
        await next()
      } catch (error) {
        this.#report(error)
      }
    }
  }

  #report(error: unknown): void {
    try {
      this.#onError(error)
    } catch (second) {
      process.emitWarning(`error handler failed: ${errorMessage(second)}`)
    }
  }
}
