// Which node can run which jobset: capabilities first, then amounts. Used by the plan, by `status`, and to word why not.
import { unmet } from '../../shared/model/capability.ts'
import type { JobsetFacts, NodeFacts } from './state.ts'

type NodeOffer = Pick<NodeFacts, 'capabilities' | 'cores' | 'memory'>
type JobsetNeed = Pick<JobsetFacts, 'capabilities' | 'demand'>

/** True when the node, empty, could run a job of the jobset. */
export function canRun(node: NodeOffer, jobset: JobsetNeed): boolean {
  return whyNot(node, jobset).length === 0
}

/** What the node lacks, in words, most telling first; empty when it can run it. */
export function whyNot(node: NodeOffer, jobset: JobsetNeed): string[] {
  const missing = unmet(node.capabilities, jobset.capabilities).map((text) => `'${text}'`)
  const { cores, memory } = jobset.demand
  if (cores !== 'all' && cores.min > node.cores) missing.push(`${cores.min} cores (it has ${node.cores})`)
  if (memory !== null && memory > node.memory) missing.push(`${memory} bytes of memory`)
  return missing
}

/** Cores that a job gets on an empty node. */
export function grantedCores(node: NodeOffer, jobset: JobsetNeed): number {
  const { cores } = jobset.demand
  return cores === 'all' ? node.cores : Math.min(cores.max, node.cores)
}
