// What a node says about itself when it connects or changes; and when it was last heard of.
import type { NodeId } from '../../../shared/model/ids.ts'
import { transition } from '../transition.ts'

export interface NodeSeen {
  readonly node: NodeId
  readonly machine: string
  readonly capabilities: readonly string[]
  readonly cores: number
  readonly memory: number
  readonly slots: number
  readonly gpus: number
  readonly disk: number
  readonly ownBuilds: boolean
  /** why jobs are not bound to cores; empty = they are */
  readonly pinning: string
  readonly version: string
}

export const nodeSeen = transition<NodeSeen, null>((db) => {
  const update = db.prepare(
    `UPDATE node SET machine = ?, capabilities = ?, cores = ?, memory = ?, slots = ?, gpus = ?, disk = ?, own_builds = ?, pinning = ?,
       version = ?, last_seen_at = ? WHERE id = ?`,
  )
  return (seen, context) => {
    const { machine, capabilities, cores, memory, slots, gpus, disk, ownBuilds, pinning, version, node } = seen
    const words = JSON.stringify(capabilities)
    update.run(machine, words, cores, memory, slots, gpus, disk, ownBuilds ? 1 : 0, pinning, version, context.now, node)
    context.event('node_connected', { node: seen.node }, { version: seen.version })
    return null
  }
})

export const nodeGone = transition<{ readonly node: NodeId; readonly reason: string }, null>((db) => {
  const update = db.prepare('UPDATE node SET last_seen_at = ? WHERE id = ?')
  return ({ node, reason }, context) => {
    update.run(context.now, node)
    context.event('node_disconnected', { node }, { reason })
    return null
  }
})
