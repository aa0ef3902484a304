// Fair share: what somebody used counts half after a day. One formula for the rows and for the core.

/** ms after which a use counts half */
const halfLife = 24 * 3600 * 1000

/** `amount` as it counts `ms` later; time that runs backwards changes nothing. */
export function decayed(amount: number, ms: number): number {
  return amount * 2 ** (-Math.max(0, ms) / halfLife)
}
