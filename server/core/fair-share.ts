// The order of jobsets: priority, then who used least lately (core-seconds, halved every day), then submission.
import { decayed } from '../../shared/model/decay.ts'
import type { Core, JobsetState } from './state.ts'

/** Books core-seconds of a submitter at the time of the last tick. */
export function addUsage(core: Core, owner: string, coreSeconds: number): void {
  core.used.set(owner, { coreSeconds: usageOf(core, owner) + coreSeconds, at: core.lastTick })
}

/** Core-seconds of a submitter as they count now. */
export function usageOf(core: Core, owner: string): number {
  const used = core.used.get(owner)
  return used === undefined ? 0 : decayed(used.coreSeconds, core.lastTick - used.at)
}

/** Active jobsets that have jobs to give and are not held, in the order in which nodes are offered to them. */
export function orderedJobsets(core: Core): JobsetState[] {
  const open = [...core.jobsets.values()].filter(
    (jobset) => !jobset.cancelled && !jobset.held && jobset.failing === null && jobset.ready.known > 0,
  )
  const share = new Map(open.map((jobset) => [jobset, usageOf(core, jobset.facts.owner)]))
  return open.sort(
    (a, b) =>
      b.facts.priority - a.facts.priority ||
      (share.get(a) ?? 0) - (share.get(b) ?? 0) ||
      a.facts.submittedAt - b.facts.submittedAt ||
      a.facts.id - b.facts.id,
  )
}
