// Which jobset a node is offered first: GPU work on a node with a GPU, then the jobset whose build it works with, as long as
// nothing of higher priority waits and others of equal priority have not waited too long for this node.
import type { JobsetId } from '../../shared/model/ids.ts'
import { lanesOf } from './lanes.ts'
import { asksGpu, canRun } from './match.ts'
import type { Core, JobsetState, NodeState } from './state.ts'

/** `order` as this node should see it. */
export function preferred(core: Core, node: NodeState, order: readonly JobsetState[]): readonly JobsetState[] {
  return gpuFirst(node, ownFirst(core, node, order))
}

/**
 * A job is being given: the node works for this jobset now. One that only fills what the node's own jobset leaves free
 * (`order`, what it is offered first) changes nothing. Called before the job counts as held.
 */
export function noteGiven(core: Core, node: NodeState, jobset: JobsetId, order: readonly JobsetState[]): void {
  if (node.affinity === jobset) {
    if (node.othersWait !== null) node.othersWait.jobs++
    return
  }
  const { affinity } = node
  const own = order.findIndex(({ facts }) => facts.id === affinity)
  const given = order.findIndex(({ facts }) => facts.id === jobset)
  const works = [...lanesOf(core, node).values()].some((lane) => lane.jobset === affinity)
  if (works && own >= 0 && own < given) return
  node.affinity = jobset
  node.othersWait = null
}

function ownFirst(core: Core, node: NodeState, order: readonly JobsetState[]): readonly JobsetState[] {
  const own = order.find((jobset) => jobset.facts.id === node.affinity)
  if (own === undefined) return order
  const above = order.filter((jobset) => jobset.facts.priority > own.facts.priority)
  const beside = order.filter((jobset) => jobset !== own && jobset.facts.priority <= own.facts.priority)
  return mustYield(core, node, own, beside) ? [...above, ...beside, own] : [...above, own, ...beside]
}

/** True when others of equal priority waited for this node for `affinityMs`, or while it got `affinityJobs`. */
function mustYield(core: Core, node: NodeState, own: JobsetState, others: readonly JobsetState[]): boolean {
  const waiting = others.some((jobset) => jobset.facts.priority === own.facts.priority && canRun(node.facts, jobset.facts))
  if (!waiting) {
    node.othersWait = null
    return false
  }
  node.othersWait ??= { since: core.lastTick, jobs: 0 }
  const { since, jobs } = node.othersWait
  return core.lastTick - since >= core.limits.affinityMs || jobs >= core.limits.affinityJobs
}

function gpuFirst(node: NodeState, order: readonly JobsetState[]): readonly JobsetState[] {
  if (!node.facts.capabilities.some((word) => word === 'gpu' || word.startsWith('gpu='))) return order
  const wants = order.filter((jobset) => jobset.facts.capabilities.some(asksGpu))
  return wants.length === 0 ? order : [...wants, ...order.filter((jobset) => !wants.includes(jobset))]
}
