// What jobs that join a jobset wait for: needs that have not succeeded, batches that come first. Called by extend-jobset
// when their rows are there and say `waiting`.
import type Database from 'better-sqlite3'
import { DistError } from '../../../shared/base/errors.ts'
import type { JobState } from '../../../shared/model/job.ts'
import type { JobSpec } from '../../../shared/model/jobset.ts'
import type { WriterContext } from '../transition.ts'
import { dependents } from './dependents.ts'
import type { JobChange } from './job-change.ts'
import { jobChange } from './started.ts'

export interface JoiningJobs {
  readonly jobset: number
  readonly namespace: string
  readonly after: readonly string[]
  readonly jobs: readonly { readonly id: number; readonly job: JobSpec }[]
}

const badEnds: ReadonlySet<JobState> = new Set(['failed', 'cancelled', 'skipped'])

/** Frees those that wait for nothing, skips those that wait in vain. `bad_jobset` for a need that is no job. */
export function joinOrder(db: Database.Database): (of: JoiningJobs, context: WriterContext, changes: JobChange[]) => void {
  const byName = db.prepare<[number, string], { id: number; state: JobState }>('SELECT id, state FROM job WHERE jobset = ? AND name = ?')
  const forget = db.prepare('DELETE FROM job_need WHERE job = ?')
  const need = db.prepare('INSERT OR IGNORE INTO job_need (needs, job) VALUES (?, ?)')
  const waits = db.prepare('UPDATE job SET needs_left = ? WHERE id = ?')
  const free = db.prepare("UPDATE job SET state = 'ready' WHERE id = ? AND state = 'waiting'")
  const afterLeft = db.prepare<[number], number>('SELECT after_left FROM jobset WHERE id = ?').pluck()
  const stateOf = db.prepare<[string, string], string>('SELECT state FROM jobset WHERE namespace = ? AND batch = ?').pluck()
  const waiting = dependents(db)
  return ({ jobset, namespace, after, jobs }, context, changes) => {
    const failed = after.find((batch) => !['active', 'succeeded', undefined].includes(stateOf.get(namespace, batch)))
    const isHeld = (afterLeft.get(jobset) ?? 0) > 0
    const inVain: { id: number; reason: string }[] = []
    for (const { id, job } of jobs) {
      forget.run(id)
      let left = 0
      for (const name of new Set(job.needs)) {
        const other = byName.get(jobset, name)
        if (other === undefined) throw new DistError('bad_jobset', `a job needs '${name}', which is no job of this jobset`)
        need.run(other.id, id)
        if (other.state !== 'succeeded') left++
        if (badEnds.has(other.state)) inVain.push({ id, reason: `it needs '${name}', which did not succeed` })
      }
      waits.run(left, id)
      if (failed !== undefined) inVain.push({ id, reason: `it comes after '${namespace}/${failed}', which did not succeed` })
      else if (left === 0 && !isHeld) {
        free.run(id)
        changes.push(jobChange({ job: id, jobset }, 'waiting', 'ready'))
      }
    }
    for (const { id, reason } of inVain) waiting.skip(id, reason, context, changes)
  }
}
