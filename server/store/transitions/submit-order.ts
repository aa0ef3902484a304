// The order that a new jobset asks for: jobs that need jobs, and a batch that comes after others. Called by commit-draft
// when the rows are there; jobs without needs cost nothing but one look.
import type Database from 'better-sqlite3'
import { DistError } from '../../../shared/base/errors.ts'
import type { WriterContext } from '../transition.ts'
import { comesAfter, dependents } from './dependents.ts'

export interface NewJobset {
  readonly id: number
  readonly namespace: string
  readonly firstJob: number
  readonly jobs: number
  readonly after: readonly string[]
}

/** Sets `waiting` where something must come first; answers why nothing of it will run, null else. `bad_jobset` for a need that is no job, a cycle, an unknown batch. */
export function submitOrder(db: Database.Database): (jobset: NewJobset, context: WriterContext) => string | null {
  const wanted = db.prepare<[number, number], { job: number; needs: string }>(
    "SELECT job, json_extract(spec, '$.needs') AS needs FROM job_spec WHERE job >= ? AND job < ? AND json_array_length(spec, '$.needs') > 0",
  )
  const byName = db.prepare<[number, string], number>('SELECT id FROM job WHERE jobset = ? AND name = ?').pluck()
  const need = db.prepare('INSERT OR IGNORE INTO job_need (needs, job) VALUES (?, ?)')
  const waits = db.prepare("UPDATE job SET state = 'waiting', needs_left = ? WHERE id = ?")
  const earlier = db.prepare<[string, string], { id: number; state: string }>(
    'SELECT id, state FROM jobset WHERE namespace = ? AND batch = ?',
  )
  const comes = db.prepare('INSERT OR IGNORE INTO jobset_after (needs, jobset) VALUES (?, ?)')
  const left = db.prepare('UPDATE jobset SET after_left = ? WHERE id = ?')
  const allWait = db.prepare("UPDATE job SET state = 'waiting' WHERE id >= ? AND id < ?")
  const waiting = dependents(db)

  return (jobset, context) => {
    const end = jobset.firstJob + jobset.jobs
    const needs = new Map<number, Set<number>>()
    for (const row of wanted.all(jobset.firstJob, end)) {
      const ids = new Set<number>()
      for (const name of JSON.parse(row.needs) as string[]) {
        const id = byName.get(jobset.id, name)
        if (id === undefined) throw new DistError('bad_jobset', `a job needs '${name}', which is no job of this jobset`)
        ids.add(id)
      }
      needs.set(row.job, ids)
    }
    refuseCycles(needs)
    for (const [job, ids] of needs) {
      for (const id of ids) need.run(id, job)
      waits.run(ids.size, job)
    }
    const open: number[] = []
    const failed: string[] = []
    for (const batch of new Set(jobset.after)) {
      const row = earlier.get(jobset.namespace, batch)
      if (row === undefined) {
        throw new DistError('bad_jobset', `after: there is no batch ${jobset.namespace}/${batch}`, { hint: 'add that one first' })
      }
      if (row.state === 'active') open.push(row.id)
      else if (row.state !== 'succeeded') failed.push(batch)
    }
    if (open.length === 0 && failed.length === 0) return null
    for (const id of open) comes.run(id, jobset.id)
    left.run(open.length, jobset.id)
    allWait.run(jobset.firstJob, end)
    const [first] = failed
    if (first === undefined) return null
    const why = comesAfter(`${jobset.namespace}/${first}`)
    for (let job = jobset.firstJob; job < end; job++) waiting.skip(job, why, context, [])
    return why
  }
}

/** Takes away whatever needs nothing that is left, until nothing changes; a rest is a cycle. */
function refuseCycles(needs: ReadonlyMap<number, ReadonlySet<number>>): void {
  const followers = new Map<number, number[]>()
  const left = new Map<number, number>()
  const free: number[] = []
  for (const [job, ids] of needs) {
    let count = 0
    for (const id of ids) {
      if (!needs.has(id)) continue
      count++
      followers.set(id, [...(followers.get(id) ?? []), job])
    }
    left.set(job, count)
    if (count === 0) free.push(job)
  }
  let done = 0
  for (let job = free.pop(); job !== undefined; job = free.pop()) {
    done++
    for (const next of followers.get(job) ?? []) {
      const count = (left.get(next) ?? 0) - 1
      left.set(next, count)
      if (count === 0) free.push(next)
    }
  }
  if (done < needs.size) throw new DistError('bad_jobset', 'the jobs need each other in a circle')
}
