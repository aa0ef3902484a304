// `dist release`: a held jobset may go on, and jobs that wait for their back-off may start at once. With names only those
// jobs, and the hold stays. Repeating it finds nothing held and nothing that waits.
import type { JobsetId } from '../../../shared/model/ids.ts'
import { transition } from '../transition.ts'

export interface ReleaseReply {
  /** a hold was lifted */
  readonly lifted: boolean
  /** jobs whose back-off is over now */
  readonly jobs: { readonly job: number; readonly demand: number }[]
  /** names that are no job of the jobset */
  readonly unknown: string[]
}

interface Input {
  readonly jobset: JobsetId
  readonly jobs: readonly string[] | null
  readonly by: string
}

export const release = transition<Input, ReleaseReply>((db) => {
  const lift = db.prepare('UPDATE jobset SET held = NULL WHERE id = ? AND held IS NOT NULL')
  // by the partial index job_delayed: such jobs are few
  const waiting = db.prepare<[number], { job: number; demand: number; name: string }>(
    "SELECT id AS job, demand, name FROM job WHERE jobset = ? AND state = 'ready' AND not_before > 0 ORDER BY id",
  )
  const known = db.prepare<[number, string], number>('SELECT 1 FROM job WHERE jobset = ? AND name = ?').pluck()
  const start = db.prepare('UPDATE job SET not_before = 0 WHERE id = ?')
  return ({ jobset, jobs, by }, context) => {
    const unknown = (jobs ?? []).filter((name) => known.get(jobset, name) === undefined)
    if (unknown.length > 0) return { lifted: false, jobs: [], unknown }
    const lifted = jobs === null && lift.run(jobset).changes > 0
    const wanted = jobs === null ? null : new Set(jobs)
    const due = waiting.all(jobset).filter(({ name }) => wanted?.has(name) ?? true)
    for (const { job } of due) start.run(job)
    if (lifted || due.length > 0) context.event('jobset_changed', { jobset }, { by, held: false, released: due.length })
    return { lifted, jobs: due.map(({ job, demand }) => ({ job, demand })), unknown }
  }
})
