// Short texts about a jobset's search that lists and summaries show.
import type { JobsetReply } from '../../shared/api/types.ts'
import { numberShown } from './number-shown.ts'
import { oneLine } from './text-width.ts'

/** `best loss 0.03125 by tune_00003`, of several metrics the values of the best by the first; null while there is none. */
export function bestOf({ search }: JobsetReply): string | null {
  if (search === undefined || search.best === null || search.metrics.length === 0) return null
  const { best, metrics } = search
  const values = metrics.map((name, k) => `${name} ${numberShown(best.values[k] ?? Number.NaN)}`)
  return oneLine(`best ${values.join(', ')} by ${best.label}`)
}
