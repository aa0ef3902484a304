// Which jobset a node is offered first: GPU work on a node with a GPU, then the jobset whose build it works with, as long as
// nothing of higher priority waits and others of equal priority have not waited too long for this node.
import type { JobsetId } from '../../shared/model/ids.ts'
import { canRun } from './match.ts'
import type { Core, JobsetState, NodeState } from './state.ts'

/** The word that the original gave a meaning to: only jobsets that ask for it get GPU nodes first. */
const gpuWord = /^gpu($|[=<>!])/

/** `order` as this node should see it. */
export function preferred(core: Core, node: NodeState, order: readonly JobsetState[]): readonly JobsetState[] {
  return gpuFirst(node, ownFirst(core, node, order))
}

/** A job was given: the node works for this jobset now. */
export function noteGiven(node: NodeState, jobset: JobsetId): void {
  if (node.affinity !== jobset) {
    node.affinity = jobset
    node.othersWait = null
  } else if (node.othersWait !== null) node.othersWait.jobs++
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
  const wants = order.filter((jobset) => jobset.facts.capabilities.some((word) => gpuWord.test(word)))
  return wants.length === 0 ? order : [...wants, ...order.filter((jobset) => !wants.includes(jobset))]
}
