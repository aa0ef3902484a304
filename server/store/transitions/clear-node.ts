// What stands against a node is forgotten: `dist node clear`. Builds that failed there count no more, so jobsets that are
// at work may be built there again; their outputs stay. Jobsets that have ended are left alone: `dist retry` clears those.
import type { JobsetId, NodeId } from '../../../shared/model/ids.ts'
import { transition } from '../transition.ts'

/** Jobsets that may come back to the node. */
export const clearNode = transition<{ readonly node: NodeId; readonly by: string }, JobsetId[]>((db) => {
  const drop = db
    .prepare<[string], number>(
      `UPDATE build SET state = 'dropped' WHERE node = ? AND state = 'failed'
         AND jobset IN (SELECT id FROM jobset WHERE state = 'active') RETURNING jobset`,
    )
    .pluck()
  return ({ node, by }, context) => {
    const jobsets = [...new Set(drop.all(node))].sort((a, b) => a - b) as JobsetId[]
    if (jobsets.length > 0) context.event('node_changed', { node }, { by, cleared: jobsets.length })
    return jobsets
  }
})
