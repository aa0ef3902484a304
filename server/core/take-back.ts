// Work given ahead comes back when another node is idle: with long jobs the last ones must not queue behind each other
// while a machine stands still. The node gives a job back only if it has not started, so asking is free of risk.
import type { Effects } from './effects.ts'
import { canRun } from './match.ts'
import type { AttemptState, Core, JobsetState, NodeState } from './state.ts'

/** Jobs shorter than this are not worth the round trip, seconds. */
const worthSeconds = 0.5

/** For every idle node one job that waits behind a running one elsewhere. `idle` nodes are those that hold nothing. */
export function takeBack(core: Core, nodes: readonly NodeState[], effects: Effects): void {
  for (const node of nodes) {
    if (node.attempts.size > 0 || node.claiming > 0) continue
    const attempt = candidate(core, node)
    if (attempt === null) continue
    attempt.takingBack = true
    effects.send(attempt.node, { kind: 'order', attempt: attempt.id, order: 'drop' })
  }
}

function candidate(core: Core, idle: NodeState): AttemptState | null {
  for (const [id, build] of idle.builds) {
    const jobset = core.jobsets.get(id)
    if (build.kind !== 'ready' || jobset === undefined || !worthTaking(idle, jobset)) continue
    const inFlight = [...core.attempts.values()].filter((attempt) => attempt.jobset === id)
    // One at a time per idle node: what was asked for may still arrive.
    if (inFlight.some((attempt) => attempt.takingBack)) continue
    const waiting = inFlight.filter((attempt) => attempt.kind === 'claimed' && !attempt.stopping && heldBy(core, attempt) > 1)
    const last = waiting.at(-1)
    if (last !== undefined) return last
  }
  return null
}

function worthTaking(idle: NodeState, jobset: JobsetState): boolean {
  if (jobset.cancelled || jobset.failing !== null || jobset.counts.ready > 0 || jobset.counts.claimed === 0) return false
  if (jobset.recentSeconds !== null && jobset.recentSeconds < worthSeconds) return false
  return canRun(idle.facts, jobset.facts)
}

function heldBy(core: Core, attempt: AttemptState): number {
  return core.nodes.get(attempt.node)?.attempts.size ?? 0
}
