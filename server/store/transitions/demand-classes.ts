// The different demands among the jobs of a new jobset: its own first, then those that single jobs have. Called by
// commit-draft when the job rows are there; jobs that say nothing cost one look.
import type Database from 'better-sqlite3'
import { DistError } from '../../../shared/base/errors.ts'
import { type Demand, demandKey, maxDemands } from '../../../shared/model/resources.ts'

/** Numbers the jobs by class and keeps the list in the jobset's row. `bad_jobset` when there are too many. */
export function demandClasses(db: Database.Database): (draft: string, jobset: number, firstJob: number, own: Demand) => void {
  const said = db.prepare<[string], { idx: number; demand: string }>(
    'SELECT idx, demand FROM draft_job WHERE draft = ? AND demand IS NOT NULL ORDER BY idx',
  )
  const number = db.prepare('UPDATE job SET demand = ? WHERE id = ?')
  const keep = db.prepare('UPDATE jobset SET demands = ? WHERE id = ?')
  return (draft, jobset, firstJob, own) => {
    const demands: Demand[] = [own]
    const known = new Map([[demandKey(own), 0]])
    for (const { idx, demand: text } of said.all(draft)) {
      const demand = JSON.parse(text) as Demand
      const key = demandKey(demand)
      let index = known.get(key)
      if (index === undefined) {
        index = demands.push(demand) - 1
        known.set(key, index)
        if (index >= maxDemands) throw tooMany()
      }
      if (index > 0) number.run(index, firstJob + idx)
    }
    if (demands.length > 1) keep.run(JSON.stringify(demands), jobset)
  }
}

function tooMany(): DistError {
  return new DistError('bad_jobset', `the jobs have more than ${maxDemands} different 'resources'`, {
    hint: 'round them, for example memory up to whole GiB',
  })
}
