// The scheduling pass: which node gets which jobs, and which node builds for which jobset. Pure: it reads the core, marks
// what it gave out and returns nothing but effects. Its cost follows nodes and open jobsets, not queued jobs.
import type { JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import type { Effects } from './effects.ts'
import { refill } from './jobset-events.ts'
import { canRun, grantedCores } from './match.ts'
import type { Core, JobsetState, NodeState } from './state.ts'
import { takeBack } from './take-back.ts'

interface ClaimItem {
  readonly job: JobId
  readonly jobset: JobsetId
  readonly node: NodeId
  readonly cores: number
}

/** One pass over all nodes that can take work. */
export function plan(core: Core, effects: Effects): void {
  const order = orderedJobsets(core)
  const claims: ClaimItem[] = []
  const nodes = [...core.nodes.values()].filter((node) => node.link === 'connected' && !node.facts.diskLow && !node.facts.draining)
  // Breadth first: every idle node gets one job before any gets work ahead, so that a few long jobs spread out.
  for (const node of nodes) if (room(core, node, 0) > 0) give(core, node, order, 0, claims, effects)
  for (const node of nodes) if (ahead(core, node) > 0) give(core, node, order, ahead(core, node), claims, effects)
  if (claims.length > 0) effects.claim(claims)
  takeBack(core, nodes, effects)
  for (const jobset of order) refill(jobset, effects)
  for (const node of nodes) tellIdle(core, node, order, effects)
}

/** Active jobsets with ready jobs: priority first, then submission. */
function orderedJobsets(core: Core): JobsetState[] {
  return [...core.jobsets.values()]
    .filter((jobset) => !jobset.cancelled && jobset.failing === null && jobset.ready.known > 0)
    .sort((a, b) => b.facts.priority - a.facts.priority || a.facts.submittedAt - b.facts.submittedAt || a.facts.id - b.facts.id)
}

/** Jobs that a node may still take when it may hold `extra` beside the one each slot runs. */
export function room(core: Core, node: NodeState, extra: number): number {
  let held = node.claiming
  for (const id of node.attempts) if (core.attempts.get(id)?.kind !== 'finishing') held++
  return node.facts.slots * (1 + extra) - held
}

/** Depth of work given ahead: about a second of it by recent run times; one where they are unknown or long. */
function ahead(core: Core, node: NodeState): number {
  const { maxAhead, aheadSeconds, minAhead } = core.limits
  const recent = node.affinity === null ? null : (core.jobsets.get(node.affinity)?.recentSeconds ?? null)
  if (recent === null) return minAhead
  return Math.max(minAhead, Math.min(maxAhead, Math.floor(aheadSeconds / Math.max(recent, 0.001))))
}

function give(core: Core, node: NodeState, order: readonly JobsetState[], extra: number, claims: ClaimItem[], effects: Effects): void {
  if (isBuilding(node)) return
  for (const jobset of preferred(node, order)) {
    if (room(core, node, extra) <= 0) return
    if (!canRun(node.facts, jobset.facts)) continue
    const build = node.builds.get(jobset.facts.id)
    if (build?.kind === 'failed') continue
    if (build === undefined) {
      // A node that still has work finishes that first; a build beside a running job would share its cores.
      if (node.attempts.size > 0 || node.claiming > 0 || !buildIsWorthIt(core, jobset)) continue
      node.builds.set(jobset.facts.id, { kind: 'ordered', id: null })
      effects.orderBuild(node.facts.id, jobset.facts.id)
      return
    }
    if (node.affinity !== null && node.affinity !== jobset.facts.id && extra > 0 && node.attempts.size > 0) continue
    const cores = grantedCores(node.facts, jobset.facts)
    for (let free = room(core, node, extra); free > 0; free--) {
      const job = jobset.ready.take()
      if (job === null) break
      claims.push({ job, jobset: jobset.facts.id, node: node.facts.id, cores })
      node.claiming++
      node.affinity = jobset.facts.id
      node.toldIdle = false
    }
  }
}

/** The jobset whose build it works with comes first, as long as nothing of higher priority waits. */
function preferred(node: NodeState, order: readonly JobsetState[]): readonly JobsetState[] {
  const own = order.find((jobset) => jobset.facts.id === node.affinity)
  if (own === undefined || own === order[0]) return order
  const above = order.filter((jobset) => jobset.facts.priority > own.facts.priority)
  return [...above, own, ...order.filter((jobset) => jobset !== own && jobset.facts.priority <= own.facts.priority)]
}

function isBuilding(node: NodeState): boolean {
  for (const build of node.builds.values()) if (build.kind === 'ordered' || build.kind === 'building') return true
  return false
}

/** No over-building: only while there are more ready jobs than nodes that build for it or have it built and are idle. */
function buildIsWorthIt(core: Core, jobset: JobsetState): boolean {
  let coming = 0
  for (const node of core.nodes.values()) {
    const build = node.builds.get(jobset.facts.id)
    if (build === undefined || build.kind === 'failed' || node.link !== 'connected') continue
    if (build.kind !== 'ready' || room(core, node, 0) > 0) coming++
  }
  return jobset.ready.known > coming
}

function tellIdle(core: Core, node: NodeState, order: readonly JobsetState[], effects: Effects): void {
  if (!node.facts.once || node.toldIdle || node.attempts.size > 0 || node.claiming > 0 || isBuilding(node)) return
  for (const jobset of order) {
    if (canRun(node.facts, jobset.facts) && node.builds.get(jobset.facts.id)?.kind !== 'failed') return
  }
  // Jobsets whose window is being read are not in `order`; they may hold work for it.
  for (const jobset of core.jobsets.values()) {
    if (
      jobset.counts.ready > 0 &&
      !jobset.cancelled &&
      jobset.failing === null &&
      canRun(node.facts, jobset.facts) &&
      node.builds.get(jobset.facts.id)?.kind !== 'failed'
    )
      return
  }
  node.toldIdle = true
  effects.send(node.facts.id, { kind: 'idle' })
}
