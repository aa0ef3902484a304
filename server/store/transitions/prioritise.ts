// Another priority for a jobset: `dist priority`. It says in which order jobsets are offered to nodes, so it is never too
// late, and a jobset that has ended keeps it for a retry.
import type { JobsetId } from '../../../shared/model/ids.ts'
import { transition } from '../transition.ts'

export const prioritise = transition<{ readonly jobset: JobsetId; readonly priority: number; readonly by: string }, null>((db) => {
  const update = db.prepare('UPDATE jobset SET priority = ? WHERE id = ? AND priority <> ?')
  return ({ jobset, priority, by }, context) => {
    // the guard makes a repetition silent: no second event
    if (update.run(priority, jobset, priority).changes > 0) context.event('jobset_changed', { jobset }, { by, priority })
    return null
  }
})
