// Work given ahead comes back when another node is idle: with long jobs the last ones must not queue behind each other
// while a machine stands still. The node gives a job back only if it has not started, so asking is free of risk.
import type { Effects } from './effects.ts'
import { canRun } from './match.ts'
import type { AttemptState, Core, JobsetState, NodeState } from './state.ts'

/** Jobs shorter than this are not worth the round trip, seconds. */
const worthSeconds = 0.5

/** For every jobset that has nothing ready, one job that waits behind a running one, if a node that could run it is idle. */
export function takeBack(core: Core, nodes: readonly NodeState[], effects: Effects): void {
  for (const jobset of core.jobsets.values()) {
    if (!worthTaking(jobset)) continue
    const idle = nodes.some((node) => isIdleFor(node, jobset))
    const attempt = idle ? lastWaiting(core, jobset) : null
    if (attempt === null) continue
    attempt.takingBack = true
    effects.send(attempt.node, { kind: 'order', attempt: attempt.id, order: 'drop' })
  }
}

function worthTaking(jobset: JobsetState): boolean {
  if (jobset.cancelled || jobset.failing !== null || jobset.counts.ready > 0 || jobset.counts.claimed === 0) return false
  return jobset.recentSeconds === null || jobset.recentSeconds >= worthSeconds
}

function isIdleFor(node: NodeState, jobset: JobsetState): boolean {
  if (node.attempts.size > 0 || node.claiming > 0) return false
  return node.builds.get(jobset.facts.id)?.kind === 'ready' && canRun(node.facts, jobset.facts)
}

/** The one given last; null while one is on its way back already: what was asked for may still arrive. */
function lastWaiting(core: Core, jobset: JobsetState): AttemptState | null {
  let last: AttemptState | null = null
  for (const attempt of core.attempts.values()) {
    if (attempt.jobset !== jobset.facts.id) continue
    if (attempt.takingBack) return null
    if (attempt.kind === 'claimed' && !attempt.stopping && (core.nodes.get(attempt.node)?.attempts.size ?? 0) > 1) last = attempt
  }
  return last
}
