// Reactions to what people want otherwise: another priority, a jobset held or released, a node paused, resumed or cleared.
// Nothing here stops what runs; what was only given ahead comes back.
import type { JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import type { Effects } from './effects.ts'
import type { AttemptState, Core } from './state.ts'

/** The order of jobsets changes with the next pass. */
export function onPriority(core: Core, id: JobsetId, priority: number, effects: Effects): void {
  const jobset = core.jobsets.get(id)
  if (jobset === undefined) return
  jobset.facts = { ...jobset.facts, priority }
  effects.changed(id)
  effects.schedule()
}

export function onHeld(core: Core, id: JobsetId, effects: Effects): void {
  const jobset = core.jobsets.get(id)
  if (jobset === undefined) return
  jobset.held = true
  takeAhead(core, (attempt) => attempt.jobset === id, effects)
  effects.changed(id)
}

/** `lifted`: it is held no more; `jobs`: their back-off is over. */
export function onReleased(
  core: Core,
  id: JobsetId,
  lifted: boolean,
  jobs: readonly { readonly job: JobId; readonly demand: number }[],
  effects: Effects,
): void {
  const jobset = core.jobsets.get(id)
  if (jobset === undefined) return
  if (lifted) jobset.held = false
  for (const { job, demand } of jobs) {
    const at = jobset.delayed.findIndex((item) => item.job === job)
    // not there: its back-off ended while the order was on its way
    if (at < 0) continue
    jobset.delayed.splice(at, 1)
    if (!jobset.cancelled) jobset.ready.putBackAny(job, demand)
  }
  effects.changed(id)
  effects.schedule()
}

/** `until`: monotonic ms; null = until somebody resumes it. */
export function onPaused(core: Core, id: NodeId, until: number | null, effects: Effects): void {
  const node = core.nodes.get(id)
  if (node === undefined) return
  node.paused = { until }
  takeAhead(core, (attempt) => attempt.node === id, effects)
}

export function onResumed(core: Core, id: NodeId, effects: Effects): void {
  const node = core.nodes.get(id)
  if (node === undefined) return
  node.paused = null
  effects.schedule()
}

/** Pauses whose time is up. */
export function endPauses(core: Core, now: number): void {
  for (const node of core.nodes.values()) if (node.paused?.until != null && node.paused.until <= now) node.paused = null
}

/** Builds that failed on the node count no more. */
export function onCleared(core: Core, id: NodeId, jobsets: readonly JobsetId[], effects: Effects): void {
  const node = core.nodes.get(id)
  if (node === undefined) return
  for (const [jobset, { kind }, place] of node.builds) if (kind === 'failed' && jobsets.includes(jobset)) node.builds.delete(jobset, place)
  effects.schedule()
}

/** Asks for what was given ahead; a node gives back only what it has not started. */
function takeAhead(core: Core, which: (attempt: AttemptState) => boolean, effects: Effects): void {
  for (const attempt of core.attempts.values()) {
    if (attempt.kind !== 'claimed' || attempt.stopping || attempt.takingBack || !which(attempt)) continue
    attempt.takingBack = true
    effects.send(attempt.node, { kind: 'order', attempt: attempt.id, order: 'drop' })
  }
}
