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

export interface ClassOf {
  /** index of a job's class; absent = its jobset's own demand */
  (demand: Demand | undefined): number
  /**
   * Keeps the list when classes came to it. `exists` when jobs that share a node would join ones that take whole nodes: those
   * nodes have the build in a place of another kind.
   */
  keep(of: { readonly namespace: string; readonly batch: string }): void
}

/** The classes of a jobset that is there, to which jobs that join it may add. `bad_jobset` when there are too many. */
export function joinDemands(db: Database.Database): (jobset: number, own: Demand) => ClassOf {
  const kept = db.prepare<[number], string | null>('SELECT demands FROM jobset WHERE id = ?').pluck()
  const keep = db.prepare('UPDATE jobset SET demands = ? WHERE id = ?')
  return (jobset, own) => {
    const text = kept.get(jobset) ?? null
    const demands = text === null ? [own] : (JSON.parse(text) as Demand[])
    const before = demands.length
    const known = new Map(demands.map((demand, index) => [demandKey(demand), index]))
    const classOf = (demand: Demand | undefined): number => {
      if (demand === undefined) return 0
      const index = known.get(demandKey(demand))
      if (index !== undefined) return index
      if (demands.length >= maxDemands) throw tooMany()
      known.set(demandKey(demand), demands.length)
      return demands.push(demand) - 1
    }
    return Object.assign(classOf, {
      keep: ({ namespace, batch }: { readonly namespace: string; readonly batch: string }) => {
        if (demands.length === before) return
        if (isPacked(demands) && !isPacked(demands.slice(0, before))) {
          const message = `jobs with a number of cores cannot join ${namespace}/${batch}, whose jobs take whole nodes`
          throw new DistError('exists', message, { hint: 'add them as another version with --new-version, or under another batch_name' })
        }
        keep.run(JSON.stringify(demands), jobset)
      },
    })
  }
}

function isPacked(demands: readonly Demand[]): boolean {
  return demands.some(({ cores }) => cores !== 'all')
}

function tooMany(): DistError {
  return new DistError('bad_jobset', `the jobs have more than ${maxDemands} different 'resources'`, {
    hint: 'round them, for example memory up to whole GiB',
  })
}
