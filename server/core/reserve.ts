// Room that is kept on a node for the class of jobs that comes next but does not fit yet, so that a stream of smaller jobs
// cannot starve it. One reservation a node, made anew in every pass:
// - slots that work for jobsets that come later get no more jobs, so that their share becomes free;
// - a later job may still start, if the class would fit beside it and the others that were started so.

import type { JobsetId } from '../../shared/model/ids.ts'
import type { Demand } from '../../shared/model/resources.ts'
import { leavesRoom, share } from './fit.ts'
import type { Lane, NodeFacts, Reservation } from './state.ts'

export function reservation(jobset: JobsetId, index: number, demand: Demand): Reservation {
  return { key: `${jobset}:${index}`, jobset, demand }
}

/** The share that a job of `demand` would get, leaving room for what is reserved; null when it does not fit. */
export function shareBeside(
  node: NodeFacts,
  lanes: ReadonlyMap<number, Lane>,
  demand: Demand,
  reserved: Reservation | null,
): ReturnType<typeof share> {
  const got = share(node, lanes.values(), demand)
  if (got === null || reserved === null) return got
  const beside = [...lanes.values()].filter((lane) => lane.beside === reserved.key)
  const roomWith = (cores: number): boolean => leavesRoom(node, [...beside, { grant: { slot: 0, ...got, cores } }], reserved.demand)
  if (roomWith(got.cores)) return got
  // Of a range of cores the least may still leave room.
  const least = demand.cores === 'all' ? got.cores : demand.cores.min
  return least < got.cores && roomWith(least) ? { ...got, cores: least } : null
}
