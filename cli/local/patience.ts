// Repeats a step while the head does not answer: it may be restarting. Only for steps that may run twice;
// the API's are, by request id, offset or plain idempotence.
import { setTimeout as sleep } from 'node:timers/promises'
import { DistError } from '../../shared/base/errors.ts'
import { retryDelay } from '../../shared/net/retry-policy.ts'

export interface Patience {
  /** ms after the first failure until the last try */
  readonly patience: number
  readonly signal: AbortSignal
  /** in [0, 1) */
  readonly random: () => number
  /** told at each failure that is not the last; `left` ms of patience */
  readonly onTrouble?: (error: unknown, left: number) => void
}

const policy = { first: 200, cap: 3000 }

/** The step's value; throws its last error when patience is over, at once when the error is no trouble of reaching the head. */
export async function patiently<T>(step: () => Promise<T>, options: Patience): Promise<T> {
  let since: number | null = null
  for (let tries = 0; ; tries++) {
    try {
      return await step()
    } catch (error) {
      options.signal.throwIfAborted()
      if (!isTrouble(error)) throw error
      since ??= performance.now()
      const left = since + options.patience - performance.now()
      if (left <= 0) throw error
      options.onTrouble?.(error, left)
      await sleep(Math.min(left, retryDelay(tries, options.random(), policy)), undefined, { signal: options.signal })
    }
  }
}

/** True when the same request may work in a moment. */
export function isTrouble(error: unknown): boolean {
  return error instanceof DistError && (error.code === 'unreachable' || error.code === 'unavailable')
}
