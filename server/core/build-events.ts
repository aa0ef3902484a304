// Reactions to what happens to builds. A node builds a jobset once; jobs are given to it when the build is usable, so that
// a build that fails takes no jobs with it. When no capable node is left that could build it, the jobset fails.
import type { AttemptId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import { describeOutcome, type Outcome } from '../../shared/model/outcome.ts'
import type { Effects } from './effects.ts'
import { canRun } from './match.ts'
import type { Core, NodeState } from './state.ts'

/** The order's row is written: tell the node. */
export function onBuildOrdered(core: Core, node: NodeId, jobset: JobsetId, build: AttemptId, effects: Effects): void {
  const state = core.nodes.get(node)
  const set = core.jobsets.get(jobset)
  const asked = awaitsOrder(state, jobset)
  if (state === undefined || set === undefined || set.cancelled || state.link !== 'connected' || !asked) {
    if (asked) state?.builds.delete(jobset)
    effects.dropBuilds([build], 'not wanted any more')
    effects.schedule()
    return
  }
  state.builds.set(jobset, { kind: 'ordered', id: build })
  effects.send(node, { kind: 'build', build, jobset, uid: set.facts.uid, cores: state.facts.cores })
  effects.changed(jobset)
}

/** The order could not be written. */
export function onBuildOrderFailed(core: Core, node: NodeId, jobset: JobsetId, effects: Effects): void {
  const state = core.nodes.get(node)
  if (awaitsOrder(state, jobset)) state?.builds.delete(jobset)
  effects.schedule()
}

/** False when the node came again meanwhile and has, or was asked for, another build. */
function awaitsOrder(node: NodeState | undefined, jobset: JobsetId): boolean {
  const build = node?.builds.get(jobset)
  return build?.kind === 'ordered' && build.id === null
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
  reply: { readonly build: string; readonly jobset: JobsetId | null; readonly outcome: Outcome },
  effects: Effects,
): void {
  effects.send(node, { kind: 'verdict', attempt: reply.build as AttemptId, verdict: 'forget', reason: 'recorded' })
  const state = core.nodes.get(node)
  if (state === undefined || reply.jobset === null) return
  const id = reply.build as AttemptId
  const known = state.builds.get(reply.jobset)
  // Told again, late: the build that was ordered since will say how it ended.
  if ((known?.kind === 'ordered' || known?.kind === 'building') && known.id !== id) return
  if (!core.jobsets.has(reply.jobset)) state.builds.delete(reply.jobset)
  else if (reply.outcome.kind === 'succeeded') state.builds.set(reply.jobset, { kind: 'ready', id })
  else if (reply.outcome.kind === 'cancelled' || reply.outcome.kind === 'lost') state.builds.delete(reply.jobset)
  else state.builds.set(reply.jobset, { kind: 'failed', id })
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
    const build = node.builds.get(id)
    if (build?.kind === 'failed') failed.push(node.facts.name)
    else if (node.link !== 'offline' && canRun(node.facts, jobset.facts)) return
  }
  if (failed.length === 0) return
  jobset.failing = `the build failed on every node that could run it (${failed.sort().join(', ')}): ${last}; see: dist logs --build ${jobset.facts.namespace}/${jobset.facts.batch}`
  jobset.ready.clear()
  effects.failJobs(id, jobset.failing)
}

function findBuild(core: Core, node: NodeId, id: AttemptId): { build: { kind: string }; jobset: JobsetId } | null {
  for (const [jobset, build] of core.nodes.get(node)?.builds ?? []) if (build.id === id) return { build, jobset }
  return null
}
