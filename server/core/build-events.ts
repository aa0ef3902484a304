// Reactions to what happens to builds. A node builds a jobset once; jobs are given to it when the build is usable, so that
// a build that fails takes no jobs with it. When no capable node is left that could build it, the jobset fails.
import type { AttemptId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import { describeOutcome, type Outcome } from '../../shared/model/outcome.ts'
import type { Effects } from './effects.ts'
import { lanesChanged } from './lanes.ts'
import { canRun } from './match.ts'
import type { BuildState, Core, NodeState } from './state.ts'

/** The order's row is written: tell the node. */
export function onBuildOrdered(core: Core, node: NodeId, jobset: JobsetId, build: AttemptId, effects: Effects, place = 0): void {
  const state = core.nodes.get(node)
  const set = core.jobsets.get(jobset)
  const asked = awaitsOrder(state, jobset, place)
  if (state === undefined || set === undefined || set.cancelled || state.link !== 'connected' || asked === null) {
    if (asked !== null) dropBuild(state, jobset, place)
    effects.dropBuilds([build], 'not wanted any more')
    effects.schedule()
    return
  }
  state.builds.set(jobset, { ...asked, kind: 'ordered', id: build }, place)
  const slot = asked.grant?.slot ?? 0
  effects.send(node, { kind: 'build', build, jobset, uid: set.facts.uid, slot, cores: asked.grant?.cores ?? state.facts.cores })
  effects.changed(jobset)
}

/** The order could not be written. */
export function onBuildOrderFailed(core: Core, node: NodeId, jobset: JobsetId, place: number, effects: Effects): void {
  const state = core.nodes.get(node)
  if (awaitsOrder(state, jobset, place) !== null) dropBuild(state, jobset, place)
  effects.schedule()
}

/** Null when the node came again meanwhile and has, or was asked for, another build. */
function awaitsOrder(node: NodeState | undefined, jobset: JobsetId, place: number): BuildState | null {
  const build = node?.builds.get(jobset, place)
  return build?.kind === 'ordered' && build.id === null ? build : null
}

function dropBuild(node: NodeState | undefined, jobset: JobsetId, place: number): void {
  node?.builds.delete(jobset, place)
  lanesChanged(node)
}

export function onBuildStarted(core: Core, node: NodeId, build: AttemptId, effects: Effects): void {
  const found = findBuild(core, node, build)
  if (found?.build.kind !== 'ordered') return
  found.build.kind = 'building'
  effects.changed(found.jobset)
}

/** The end of a build is durable. */
export function onBuildFinished(
  core: Core,
  node: NodeId,
  reply: { readonly build: string; readonly jobset: JobsetId | null; readonly outcome: Outcome; readonly place?: number },
  effects: Effects,
): void {
  effects.send(node, { kind: 'verdict', attempt: reply.build as AttemptId, verdict: 'forget', reason: 'recorded' })
  const state = core.nodes.get(node)
  if (state === undefined || reply.jobset === null) return
  const id = reply.build as AttemptId
  const place = findBuild(core, node, id)?.place ?? reply.place ?? 0
  const known = state.builds.get(reply.jobset, place)
  // Told again, late: the build that was ordered since will say how it ended.
  if ((known?.kind === 'ordered' || known?.kind === 'building') && known.id !== id) return
  if (!core.jobsets.has(reply.jobset)) state.builds.delete(reply.jobset, place)
  else if (reply.outcome.kind === 'succeeded') state.builds.set(reply.jobset, { kind: 'ready', id }, place)
  else if (reply.outcome.kind === 'cancelled' || reply.outcome.kind === 'lost') state.builds.delete(reply.jobset, place)
  else state.builds.set(reply.jobset, { kind: 'failed', id }, place)
  lanesChanged(state)
  failWhereNobodyCan(core, reply.jobset, describeOutcome(reply.outcome), effects)
  effects.changed(reply.jobset)
  effects.schedule()
}

/** Fails a jobset whose build failed on every capable node that is there. */
export function failWhereNobodyCan(core: Core, id: JobsetId, last: string, effects: Effects): void {
  const jobset = core.jobsets.get(id)
  if (jobset === undefined || jobset.failing !== null || jobset.cancelled) return
  const failed: string[] = []
  for (const node of core.nodes.values()) {
    const builds = node.builds.of(id)
    const dead = builds.length > 0 && builds.every(({ kind }) => kind === 'failed')
    if (dead) failed.push(node.facts.name)
    else if (node.link !== 'offline' && canRun(node.facts, jobset.facts)) return
  }
  if (failed.length === 0) return
  jobset.failing = `the build failed on every node that could run it (${failed.sort().join(', ')}): ${last}; see: dist logs --build ${jobset.facts.namespace}/${jobset.facts.batch}`
  jobset.ready.clear()
  effects.failJobs(id, jobset.failing)
}

function findBuild(core: Core, node: NodeId, id: AttemptId): { build: BuildState; jobset: JobsetId; place: number } | null {
  for (const [jobset, build, place] of core.nodes.get(node)?.builds ?? []) if (build.id === id) return { build, jobset, place }
  return null
}
