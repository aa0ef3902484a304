// The token for bytes over HTTP: lent by a session, gone with it. Transfers wait for it and take its signal.
export class Bearer {
  #token: string | null = null
  #session = new AbortController()
  #waiting: (() => void)[] = []

  get token(): string | null {
    return this.#token
  }

  /** Fires when the session that lent the token ends. */
  get signal(): AbortSignal {
    return this.#session.signal
  }

  lend(token: string): void {
    this.#token = token
    this.#session = new AbortController()
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  takeBack(): void {
    this.#token = null
    this.#session.abort(new DOMException('the session ended', 'AbortError'))
  }

  /** Resolves when there is a token; rejects with the signal's reason. */
  async ready(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#token !== null) return
    await new Promise<void>((resolve, reject) => {
      const abort = () => reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      this.#waiting.push(() => {
        signal.removeEventListener('abort', abort)
        resolve()
      })
    })
  }
}
