// Whether a job could start on a node right now, without a build before it. Asked by the plan and by take-back.
import { buildPlace } from './builds.ts'
import { freeSlot, lanesOf } from './lanes.ts'
import { canRunClass, demandOn } from './match.ts'
import { shareBeside } from './reserve.ts'
import type { Core, JobsetState, NodeState } from './state.ts'

/** True when a job of the class could start on the node now. */
export function canOpen(core: Core, node: NodeState, jobset: JobsetState, index: number): boolean {
  if (!canRunClass(node.facts, jobset.facts, index)) return false
  const lanes = lanesOf(core, node)
  const ready = (slot: number): boolean => node.builds.get(jobset.facts.id, buildPlace(node.facts, jobset.facts, slot))?.kind === 'ready'
  if (freeSlot(lanes, node.facts.slots, ready) === null) return false
  return shareBeside(node.facts, lanes, demandOn(node.facts, jobset.facts, index), node.reserved) !== null
}
