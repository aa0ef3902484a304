// A search in a few words: how far it is, what is best, how long it took. Pure.
import type { JobsetReply, SearchReply } from '../../shared/api/types.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import { counted } from '../render/labels.ts'
import { numberShown } from '../render/number-shown.ts'

/** Trials that ended. */
export function endedTrials({ counts }: SearchReply): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

/** `6 of 27 trials done`, `3 at work`, `2 without a result` */
export function progressParts(search: SearchReply): readonly string[] {
  const ended = endedTrials(search)
  const parts = [`${ended} of ${counted(search.total, 'trial')} done`]
  if (search.open > 0) parts.push(`${search.open} at work`)
  if (ended > search.counts.reported) parts.push(`${ended - search.counts.reported} without a result`)
  if (search.state === 'closing') parts.push('nothing new is started')
  return parts
}

/** `best loss 0.03125 by search_00003`, of several metrics how many are on the front; null while there is none. */
export function bestText({ best, metrics, front }: SearchReply): string | null {
  if (metrics.length > 1)
    return front.length === 0 ? null : `${counted(front.length, 'trial')} on the front of ${metrics.map(({ name }) => name).join(', ')}`
  const [metric] = metrics
  const [value] = best?.values ?? []
  return best === null || metric === undefined || value === undefined ? null : `best ${metric.name} ${numberShown(value)} by ${best.label}`
}

/** Time since it was submitted, or what it took. */
export function ageText({ submittedAt, finishedAt }: JobsetReply, now: number): string {
  return formatDuration(Math.max(0, (finishedAt ?? now) - submittedAt))
}
