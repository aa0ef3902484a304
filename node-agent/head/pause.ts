// A wait that ends early with its signal.
import { setTimeout } from 'node:timers/promises'
import { retryDelay } from '../../shared/net/retry-policy.ts'

/** Waits before try `tries + 1`; rejects when the signal fires. */
export async function pauseBeforeRetry(tries: number, signal: AbortSignal): Promise<void> {
  await setTimeout(retryDelay(tries, Math.random()), undefined, { signal })
}
