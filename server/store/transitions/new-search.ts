// The row of a search whose jobset is new. Called by new-jobset; the head begins it when the row is there.
import type Database from 'better-sqlite3'
import type { JobsetSpec } from '../../../shared/model/jobset.ts'
import { newSearch as searchOf } from '../../../shared/search/search-state.ts'
import { noSummary } from '../../ports/search-summary.ts'

/** `uid`: random, so that a seed which nobody gave is part of it. */
export function newSearch(db: Database.Database): (jobset: number, namespace: string, spec: JobsetSpec, uid: string) => void {
  const insert = db.prepare('INSERT INTO search (jobset, seed, problem, summary) VALUES (?, ?, ?, ?)')
  const stateOf = db.prepare<[string, string], string>('SELECT state FROM jobset WHERE namespace = ? AND batch = ?').pluck()
  return (jobset, namespace, { search, after }, uid) => {
    if (search === undefined) return
    const seed = search.seed ?? Number.parseInt(uid.slice(0, 8), 16)
    const failed = after.find((batch) => !['active', 'succeeded'].includes(stateOf.get(namespace, batch) ?? 'active'))
    const problem = failed === undefined ? null : { message: `it comes after '${namespace}/${failed}', which did not succeed`, hint: null }
    insert.run(jobset, seed, problem === null ? null : JSON.stringify(problem), JSON.stringify(noSummary(searchOf(search, seed))))
  }
}
