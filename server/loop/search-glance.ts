// What every list of jobsets tells of a search: how far it is, and its best trial.
import type { JobsetReply } from '../../shared/api/types.ts'
import type { JobsetId } from '../../shared/model/ids.ts'
import type { SearchSpec } from '../../shared/model/search.ts'
import { trialLabel } from '../../shared/search/names.ts'
import type { ReadDb } from '../ports/read-db.ts'
import type { SearchSummary } from '../ports/search-summary.ts'

export interface SearchGlance {
  readonly reply: Pick<JobsetReply, 'search'>
  /** trials that it will have, while it makes jobs of them */
  readonly planned: number
}

/** Of a jobset without a search nothing. */
export function searchGlance(db: ReadDb, jobset: JobsetId, spec: SearchSpec<unknown> | undefined): SearchGlance {
  if (spec === undefined) return { reply: {}, planned: 0 }
  const found = db.prepare<[number], { summary: string; done: number }>('SELECT summary, done FROM search WHERE jobset = ?').get(jobset)
  if (found === undefined) return { reply: {}, planned: 0 }
  const { total, counts, best } = JSON.parse(found.summary) as SearchSummary
  const search = {
    total,
    ended: Object.values(counts).reduce((sum, count) => sum + count, 0),
    reported: counts.reported,
    metrics: spec.metrics.map(({ name }) => name),
    best: best === null ? null : { label: trialLabel(spec.label, best.trial), values: [...best.values] },
  }
  return { reply: { search }, planned: found.done === 1 ? 0 : total }
}
