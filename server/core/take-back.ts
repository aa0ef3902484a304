// Work given ahead comes back when another slot is free for it, on its own node or elsewhere: with long jobs the last ones
// must not queue behind each other while a machine stands still. The node gives a job back only if it has not started, so
// asking is free of risk.
import { canOpen } from './can-open.ts'
import type { Effects } from './effects.ts'
import { lanesOf } from './lanes.ts'
import type { AttemptState, Core, JobsetState, NodeState } from './state.ts'

/** Jobs shorter than this are not worth the round trip, seconds. */
const worthSeconds = 0.5

/** For every jobset that has nothing ready, one job that waits behind a running one, if a slot that could run it is free. */
export function takeBack(core: Core, nodes: readonly NodeState[], effects: Effects): void {
  for (const jobset of core.jobsets.values()) {
    if (!worthTaking(jobset)) continue
    const attempt = lastWaiting(core, jobset)
    if (attempt === null || !nodes.some((node) => canOpen(core, node, jobset, attempt.demand))) continue
    attempt.takingBack = true
    effects.send(attempt.node, { kind: 'order', attempt: attempt.id, order: 'drop' })
  }
}

function worthTaking(jobset: JobsetState): boolean {
  if (jobset.cancelled || jobset.failing !== null || jobset.counts.ready > 0 || jobset.counts.claimed === 0) return false
  return jobset.recentSeconds === null || jobset.recentSeconds >= worthSeconds
}

/** The one given last; null while one is on its way back already: what was asked for may still arrive. */
function lastWaiting(core: Core, jobset: JobsetState): AttemptState | null {
  let last: AttemptState | null = null
  for (const attempt of core.attempts.values()) {
    if (attempt.jobset !== jobset.facts.id) continue
    if (attempt.takingBack) return null
    if (attempt.kind === 'claimed' && !attempt.stopping && waitsBehind(core, attempt)) last = attempt
  }
  return last
}

function waitsBehind(core: Core, attempt: AttemptState): boolean {
  const node = core.nodes.get(attempt.node)
  return node !== undefined && (lanesOf(core, node).get(attempt.grant.slot)?.held ?? 0) > 1
}
