// active -> succeeded | failed | cancelled: every job is final, or the build failed on every capable node (then the rest of
// the jobs fail with it). The counters are frozen in the row. While a search may still make jobs its jobset does not end.
import type { JobsetId } from '../../../shared/model/ids.ts'
import type { JobCounts, JobState, JobsetState } from '../../../shared/model/job.ts'
import { transition } from '../transition.ts'
import { dependents } from './dependents.ts'
import type { JobChange } from './job-change.ts'
import { jobChange } from './started.ts'
import { trialEnds } from './trial-ends.ts'

export const endJobset = transition<
  { readonly jobset: JobsetId; readonly state: Exclude<JobsetState, 'active'>; readonly reason: string | null; readonly counts: JobCounts },
  { readonly ended: boolean; readonly changes: JobChange[] }
>((db) => {
  const reopened = db.prepare<[number], number>("SELECT 1 FROM job WHERE jobset = ? AND state = 'ready' LIMIT 1").pluck()
  const searching = db.prepare<[number], number>('SELECT 1 FROM search WHERE jobset = ? AND done = 0').pluck()
  const waiting = dependents(db)
  const end = db.prepare("UPDATE jobset SET state = ?, finished_at = ?, reason = ?, counts = ? WHERE id = ? AND state = 'active'")
  const freeze = db.prepare('UPDATE jobset SET counts = ? WHERE id = ? AND counts IS NULL')
  return ({ jobset, state, reason, counts }, context) => {
    const text = JSON.stringify(counts)
    const changes: JobChange[] = []
    // `dist retry` came in between, or a search was extended.
    if (reopened.get(jobset) === 1 || searching.get(jobset) === 1) return { ended: false, changes }
    if (end.run(state, context.now, reason, text, jobset).changes === 1) {
      context.event('jobset_finished', { jobset }, { state, counts, ...(reason === null ? {} : { reason }) })
      waiting.ofJobset(jobset, state === 'succeeded', context, changes)
    } else {
      // Cancelled before: the state stands, the counters are known only now.
      freeze.run(text, jobset)
    }
    return { ended: true, changes }
  }
})

export const failJobs = transition<{ readonly jobset: JobsetId; readonly reason: string }, JobChange[]>((db) => {
  const open = db.prepare<[number], { id: number; state: JobState }>(
    "SELECT id, state FROM job WHERE jobset = ? AND state IN ('ready', 'waiting')",
  )
  const fail = db.prepare("UPDATE job SET state = 'failed' WHERE id = ? AND state IN ('ready', 'waiting')")
  const trials = trialEnds(db)
  const why = db.prepare("UPDATE jobset SET reason = ? WHERE id = ? AND state = 'active'")
  return ({ jobset, reason }, context) => {
    why.run(reason, jobset)
    const outcome = { kind: 'build_failed', reason } as const
    return open.all(jobset).flatMap((row) => {
      if (fail.run(row.id).changes === 0) return []
      trials.endAs(row.id, outcome)
      context.event('committed', { jobset, job: row.id }, { attempt: null, outcome })
      return [jobChange({ job: row.id, jobset }, row.state, 'failed')]
    })
  }
})
