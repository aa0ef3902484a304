// Runs a piece of work an hour after the last one ended, and a minute after the start. Whoever starts it closes it.
import { errorMessage } from '../../shared/base/errors.ts'

const firstMs = 60_000
const everyMs = 3600_000

/** Returns the end: what is going on is told to stop, and waited for. */
export function startHourly(work: (signal: AbortSignal) => Promise<void>, warn: (message: string) => void): () => Promise<void> {
  const abort = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const run = (): void => {
    running = work(abort.signal)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) warn(`housekeeping: ${errorMessage(error)}; again in an hour`)
      })
      .then(() => {
        if (!abort.signal.aborted) timer = setTimeout(run, everyMs)
      })
  }
  let timer = setTimeout(run, firstMs)
  return async () => {
    abort.abort(new DOMException('the head stops', 'AbortError'))
    clearTimeout(timer)
    await running
  }
}
