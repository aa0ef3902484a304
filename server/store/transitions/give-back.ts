// claimed | running -> ready, free of charge: a node handed an attempt back (it never started, the node is stopping, the
// build failed there), or an order to take it back was confirmed. On a cancelled job the attempt just closes.
import type { JobState } from '../../../shared/model/job.ts'
import { transition } from '../transition.ts'
import type { JobChange } from './job-change.ts'
import { readyChange } from './job-class.ts'

export interface GiveBackItem {
  readonly attempt: string
  readonly node: string
  readonly reason: string
}

export const giveBack = transition<{ readonly items: readonly GiveBackItem[] }, JobChange[]>((db) => {
  const mark = db.prepare<[number, string, string], { job: number; jobset: number; number: number | null }>(
    "UPDATE attempt SET state = 'returned', finished_at = ? WHERE id = ? AND node = ? AND state IN ('claimed', 'running') RETURNING job, jobset, number",
  )
  const state = db
    .prepare<[number, string], JobState>("SELECT state FROM job WHERE id = ? AND attempt = ? AND state IN ('claimed', 'running')")
    .pluck()
  const ready = readyChange(db)
  const again = db.prepare("UPDATE job SET state = 'ready', attempt = NULL WHERE id = ?")
  return ({ items }, context) => {
    const changes: JobChange[] = []
    for (const item of items) {
      const row = mark.get(context.now, item.attempt, item.node)
      if (row === undefined) continue
      context.event(
        'job_returned',
        { jobset: row.jobset, job: row.job, node: item.node },
        { attempt: item.attempt, number: row.number, reason: item.reason },
      )
      const from = state.get(row.job, item.attempt)
      if (from === undefined) continue
      again.run(row.job)
      changes.push(ready(row, from))
    }
    return changes
  }
})
