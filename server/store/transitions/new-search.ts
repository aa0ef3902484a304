// The row of a search whose jobset is new. Called by new-jobset; the head begins it when the row is there.
import type Database from 'better-sqlite3'
import type { InputFile } from '../../../shared/model/jobset.ts'
import type { SearchSpec } from '../../../shared/model/search.ts'
import { newSearch as searchOf } from '../../../shared/search/search-state.ts'
import { noSummary, type SearchProblem } from '../../ports/search-summary.ts'
import { retryFirst } from './dependents.ts'

/** `uid`: random, so that a seed which nobody gave is part of it. `why`: nothing of it will run; null = it may. */
export function newSearch(db: Database.Database): (jobset: number, search: SearchSpec<InputFile>, uid: string, why: string | null) => void {
  const insert = db.prepare('INSERT INTO search (jobset, seed, problem, summary) VALUES (?, ?, ?, ?)')
  return (jobset, search, uid, why) => {
    const seed = search.seed ?? Number.parseInt(uid.slice(0, 8), 16)
    const problem: SearchProblem | null = why === null ? null : { message: why, hint: retryFirst }
    insert.run(jobset, seed, problem === null ? null : JSON.stringify(problem), JSON.stringify(noSummary(searchOf(search, seed))))
  }
}
