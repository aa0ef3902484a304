// A build is ordered on a node, starts there, or is given up (node lost, build order not known to the node any more).
//
//   build: ordered -> building -> succeeded | failed        (finish-build.ts)
//                 \____________\-> dropped
import type { JobsetId, NodeId } from '../../../shared/model/ids.ts'
import type { Grant } from '../../../shared/model/resources.ts'
import { transition } from '../transition.ts'

export interface OrderBuild {
  readonly id: string
  readonly jobset: JobsetId
  readonly node: NodeId
  /** 0, or the slot for which alone it is built */
  readonly place: number
  readonly grant: Grant
}

export const orderBuild = transition<OrderBuild, null>((db) => {
  const insert = db.prepare(
    "INSERT OR IGNORE INTO build (id, jobset, node, state, place, share, ordered_at) VALUES (?, ?, ?, 'ordered', ?, ?, ?)",
  )
  return ({ id, jobset, node, place, grant }, context) => {
    insert.run(id, jobset, node, place, JSON.stringify(grant), context.now)
    return null
  }
})

export const startBuild = transition<{ readonly id: string; readonly node: string; readonly at: number }, null>((db) => {
  const start = db.prepare<[number, string, string], { jobset: number }>(
    "UPDATE build SET state = 'building', started_at = ? WHERE id = ? AND node = ? AND state = 'ordered' RETURNING jobset",
  )
  return ({ id, node, at }, context) => {
    const row = start.get(Math.min(at, context.now), id, node)
    if (row !== undefined) context.event('build_started', { jobset: row.jobset, node }, { build: id })
    return null
  }
})

export const dropBuilds = transition<{ readonly ids: readonly string[]; readonly reason: string }, null>((db) => {
  const drop = db.prepare(
    "UPDATE build SET state = 'dropped', finished_at = ?, outcome = ? WHERE id = ? AND state IN ('ordered', 'building')",
  )
  return ({ ids, reason }, context) => {
    for (const id of ids) drop.run(context.now, JSON.stringify({ kind: 'lost', reason }), id)
    return null
  }
})
