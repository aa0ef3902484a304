// Which metric `--y` means.
import type { SearchReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'

/** The first one, or the one named. Throws `usage`. */
export function metricOf({ metrics }: SearchReply, name: string | undefined): { readonly name: string; readonly index: number } {
  const index = name === undefined ? 0 : metrics.findIndex((metric) => metric.name === name)
  const found = metrics[index]
  if (found !== undefined) return { name: found.name, index }
  if (metrics.length === 0)
    throw new DistError('usage', 'this search has no metric', { hint: 'its jobs report nothing that could be compared' })
  throw new DistError('usage', `--y ${name} is no metric of this search`, { hint: `one of: ${metrics.map((one) => one.name).join(', ')}` })
}
