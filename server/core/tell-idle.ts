// Tells a `--once` agent that there is nothing for it, so that it can leave.
import type { Effects } from './effects.ts'
import { canRun } from './match.ts'
import type { Core, JobsetState, NodeState } from './state.ts'

/** Once per idleness; not while it has, or could get, anything. `order`: jobsets with jobs to give. */
export function tellIdle(core: Core, node: NodeState, order: readonly JobsetState[], effects: Effects): void {
  if (!node.facts.once || node.toldIdle || node.attempts.size > 0 || node.claims.length > 0 || isBuilding(node)) return
  if (order.some((jobset) => mayWork(node, jobset))) return
  // Jobsets whose window is being read are not in `order`; they may hold work for it.
  for (const jobset of core.jobsets.values()) {
    if (jobset.counts.ready > 0 && !jobset.cancelled && !jobset.held && jobset.failing === null && mayWork(node, jobset)) return
  }
  node.toldIdle = true
  effects.send(node.facts.id, { kind: 'idle' })
}

function mayWork(node: NodeState, jobset: JobsetState): boolean {
  if (!canRun(node.facts, jobset.facts)) return false
  const builds = node.builds.of(jobset.facts.id)
  return builds.length === 0 || builds.some(({ kind }) => kind !== 'failed')
}

function isBuilding(node: NodeState): boolean {
  for (const [, { kind }] of node.builds) if (kind === 'ordered' || kind === 'building') return true
  return false
}
