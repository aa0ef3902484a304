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
  readonly version: string
}

export const nodeSeen = transition<NodeSeen, null>((db) => {
  const update = db.prepare(
    'UPDATE node SET machine = ?, capabilities = ?, cores = ?, memory = ?, slots = ?, version = ?, last_seen_at = ? WHERE id = ?',
  )
  return (seen, context) => {
    update.run(seen.machine, JSON.stringify(seen.capabilities), seen.cores, seen.memory, seen.slots, seen.version, context.now, seen.node)
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
