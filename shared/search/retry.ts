// Whether a run of a trial that ended badly is followed by another, and after what time. The rules are those of every job
// (docs/jobset.md, `retries`): a lost node has tries of its own.
import type { Retries } from '../model/options.ts'
import type { TrialEnd } from '../model/trial.ts'

/** Tries after a lost node where `on` does not name `lost`. */
const lostTries = 5
const longest = 3_600_000

interface Tries {
  /** runs that ended, this one too; `before` of them do not count, `lost` went with their node */
  readonly runs: number
  readonly before: number
  readonly lost: number
}

/** ms before the next run, or null for none. */
export function retryDelay(retries: Retries, end: TrialEnd, { runs, before, lost }: Tries): number | null {
  if (end.kind === 'reported' || end.retry === null) return null
  const isOwn = end.retry === 'lost' && !retries.on.includes('lost')
  const others = runs - before - 1
  const tries = isOwn ? lost : retries.on.includes('lost') ? others : others - lost
  const most = isOwn ? lostTries : retries.on.includes(end.retry) ? retries.max : 0
  return tries < most ? Math.min(retries.backoff * 2 ** tries, longest) : null
}
