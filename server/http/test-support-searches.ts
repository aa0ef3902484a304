// Searches of the test head: looked up in rows, orders written down.
import { DistError } from '../../shared/base/errors.ts'
import type { HeadPort } from '../ports/head.ts'
import type { ReadDb } from '../ports/read-db.ts'
import type { SearchPort } from '../ports/searches.ts'
import { readJobsetSpec } from '../ports/spec-json.ts'
import { searchReply, trialReply } from '../search/search-views.ts'
import { searchReads } from '../store/reads/searches.ts'

export function rowsSearches(db: ReadDb, head: () => HeadPort, ordered: string[]): SearchPort {
  const reads = searchReads(db)
  const found = (jobset: Parameters<SearchPort['search']>[0]) => {
    const row = reads.find(jobset)
    const spec = row === null ? undefined : readJobsetSpec(row.spec).search
    if (row === null || spec === undefined) throw new DistError('no_search', `jobset ${jobset} has no search`)
    return { row, spec }
  }
  const order = (jobset: Parameters<SearchPort['search']>[0], text: string): Promise<void> => {
    found(jobset)
    ordered.push(text)
    return Promise.resolve()
  }
  return {
    has: (jobset) => reads.find(jobset) !== null,
    search(jobset) {
      const { row, spec } = found(jobset)
      return searchReply(head().jobset(jobset), spec, row)
    },
    space: (jobset) => found(jobset).spec.params,
    trials(jobset, filter) {
      const { spec } = found(jobset)
      const { rows, more } = reads.trials(jobset, filter)
      return { trials: rows.map((row) => trialReply(spec.label, row)), more }
    },
    extend: (jobset, samples, by) => order(jobset, `extend ${samples} ${by}`),
    stop: (jobset, cancel, by) => order(jobset, `stop ${cancel} ${by}`),
    retry: (jobset, by) => order(jobset, `retry ${by}`).then(() => 1),
  }
}
