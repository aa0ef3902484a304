// How long to wait before the next try, for every loop that reconnects or resends. Pure: randomness is passed in.

interface RetryPolicy {
  /** the longest first wait, ms */
  readonly first: number
  /** no wait is longer, ms */
  readonly cap: number
}

/** Quick enough that a head that restarts is found at once, spread enough that 500 agents do not arrive together. */
export const standardRetry: RetryPolicy = { first: 1000, cap: 5000 }

/**
 * Wait before try `tries + 1`, when `tries` (>= 0) have failed since the last success: between half and all of
 * `first * 2^tries`, never above `cap`. `random` is in [0, 1).
 */
export function retryDelay(tries: number, random: number, policy: RetryPolicy = standardRetry): number {
  const most = Math.min(policy.cap, policy.first * 2 ** Math.min(tries, 30))
  return Math.round(most * (0.5 + random / 2))
}
