// The scheduling pass: which node gets which jobs, and which node builds for which jobset. Pure: it reads the core, marks
// what it gave out and returns nothing but effects. Its cost follows nodes and open jobsets, not queued jobs.
import type { JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import type { Effects } from './effects.ts'
import { orderedJobsets } from './fair-share.ts'
import { refill } from './jobset-events.ts'
import { canRun, grantedCores } from './match.ts'
import { noteGiven, preferred } from './preference.ts'
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
  if (core.diskLow) return
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
  for (const jobset of preferred(core, node, order)) {
    if (room(core, node, extra) <= 0) return
    if (!canRun(node.facts, jobset.facts) || allowed(jobset) <= 0) continue
    const build = node.builds.get(jobset.facts.id)
    if (build?.kind === 'failed' || (build === undefined && !buildIsWorthIt(core, jobset))) continue
    // A node that changes over finishes what it has first: no more of its own is given ahead, or it would never get there,
    // and no build runs beside a job.
    const busy = node.attempts.size > 0 || node.claiming > 0
    if (busy && (build === undefined || (node.affinity !== null && node.affinity !== jobset.facts.id))) return
    if (build === undefined) {
      node.builds.set(jobset.facts.id, { kind: 'ordered', id: null })
      effects.orderBuild(node.facts.id, jobset.facts.id)
      return
    }
    const cores = grantedCores(node.facts, jobset.facts)
    for (let free = Math.min(room(core, node, extra), allowed(jobset)); free > 0; free--) {
      const job = takeFor(core, jobset, node)
      if (job === null) break
      claims.push({ job, jobset: jobset.facts.id, node: node.facts.id, cores })
      jobset.avoid.delete(job)
      jobset.claiming++
      node.claiming++
      noteGiven(node, jobset.facts.id)
      node.toldIdle = false
    }
  }
}

/** Jobs that may still be at work at once (max_concurrent). */
function allowed(jobset: JobsetState): number {
  const { maxConcurrent } = jobset.facts
  return maxConcurrent === null ? Number.POSITIVE_INFINITY : maxConcurrent - jobset.live - jobset.claiming
}

/** The next job in file order; one that failed on this node stays for another, as long as there is one that could take it. */
function takeFor(core: Core, jobset: JobsetState, node: NodeState): JobId | null {
  const passed: JobId[] = []
  let job = jobset.ready.take()
  while (job !== null && jobset.avoid.get(job) === node.facts.id && anotherCould(core, jobset, node)) {
    passed.push(job)
    job = jobset.ready.take()
  }
  for (const left of passed) jobset.ready.putBackAny(left)
  return job
}

function anotherCould(core: Core, jobset: JobsetState, than: NodeState): boolean {
  for (const node of core.nodes.values()) {
    if (node === than || node.link !== 'connected' || node.facts.diskLow || node.facts.draining) continue
    // Only one that has room and the build now: a node that would have to build first may never be asked to for one job.
    if (node.builds.get(jobset.facts.id)?.kind === 'ready' && room(core, node, 0) > 0 && canRun(node.facts, jobset.facts)) return true
  }
  return false
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
