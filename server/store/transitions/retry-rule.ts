// Whether a failed attempt is tried again: by its class, up to `max`, after a back-off that doubles (jobset.md, retries).

import type { Retries, RetryClass } from '../../../shared/model/options.ts'
import type { Outcome } from '../../../shared/model/outcome.ts'

/** A job whose started attempts were lost 5 times fails (durability.md 5): it may be eating the cluster. */
const defaultLostRetries = 4

/** How often a job may be run again after a started attempt was lost. */
export function lostRetries(retries: Retries): number {
  return retries.on.includes('lost') ? retries.max : defaultLostRetries
}

/** The class an end belongs to; null = final whatever the rules say. Lost ones are counted apart (lose.ts). */
export function retryClass(outcome: Outcome): RetryClass | null {
  switch (outcome.kind) {
    case 'failed':
      return 'exit'
    case 'timeout':
    case 'oom':
      return outcome.kind
    default:
      return null
  }
}

/** ms until the next try, or null when there is none; `tries` = tries beyond the first so far. */
export function nextTry(kind: RetryClass | null, retries: Retries, tries: number): number | null {
  if (kind === null || !retries.on.includes(kind) || tries >= retries.max) return null
  return Math.min(retries.backoff * 2 ** tries, maxBackoff)
}

/** ms; a doubling back-off never waits longer. */
const maxBackoff = 3600_000
