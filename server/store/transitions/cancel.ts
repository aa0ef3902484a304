// ready | claimed | running -> cancelled: `dist kill`. Durable before any node is told; a result that arrives later is kept
// as a cancelled attempt. Without names the jobset itself is cancelled.
import type { AttemptId, JobsetId, NodeId } from '../../../shared/model/ids.ts'
import type { JobState } from '../../../shared/model/job.ts'
import { transition } from '../transition.ts'
import type { JobChange } from './job-change.ts'
import { jobChange } from './started.ts'

export interface CancelReply {
  readonly changes: JobChange[]
  /** attempts that a node still holds */
  readonly live: { readonly attempt: AttemptId; readonly node: NodeId }[]
  /** names that are no job of the jobset */
  readonly unknown: string[]
}

export const cancel = transition<{ readonly jobset: JobsetId; readonly jobs: readonly string[] | null; readonly by: string }, CancelReply>(
  (db) => {
    const open = db.prepare<[number], { id: number; state: JobState }>(
      "SELECT id, state FROM job WHERE jobset = ? AND state IN ('ready', 'claimed', 'running')",
    )
    const named = db.prepare<[number, string], { id: number; state: JobState }>('SELECT id, state FROM job WHERE jobset = ? AND name = ?')
    const stop = db.prepare("UPDATE job SET state = 'cancelled' WHERE id = ? AND state IN ('ready', 'claimed', 'running')")
    const live = db.prepare<[number], { attempt: AttemptId; node: NodeId }>(
      "SELECT id AS attempt, node FROM attempt WHERE job = ? AND state IN ('claimed', 'running')",
    )
    const whole = db.prepare("UPDATE jobset SET state = 'cancelled', finished_at = ?, reason = ? WHERE id = ? AND state = 'active'")
    return ({ jobset, jobs, by }, context) => {
      const unknown: string[] = []
      const rows = jobs === null ? open.all(jobset) : []
      for (const name of jobs ?? []) {
        const row = named.get(jobset, name)
        if (row === undefined) unknown.push(name)
        else rows.push(row)
      }
      const reply: CancelReply = { changes: [], live: [], unknown }
      if (unknown.length > 0) return reply
      for (const row of rows) {
        if (stop.run(row.id).changes === 0) continue
        reply.changes.push(jobChange({ job: row.id, jobset }, row.state, 'cancelled'))
        if (row.state !== 'ready') reply.live.push(...live.all(row.id))
      }
      if (jobs === null && whole.run(context.now, `cancelled by ${by}`, jobset).changes === 1)
        context.event('jobset_cancelled', { jobset }, { by })
      else if (jobs !== null) context.event('jobset_cancelled', { jobset }, { by, jobs: jobs.slice(0, 100), count: jobs.length })
      return reply
    }
  },
)
