// Amounts: what of a node is free, and whether a demand fits into it. Pure arithmetic, used by the plan for jobs and builds.
import type { Demand, Grant } from '../../shared/model/resources.ts'
import type { Lane, NodeFacts } from './state.ts'

type Share = Omit<Grant, 'slot'>
type Totals = Pick<NodeFacts, 'cores' | 'memory' | 'gpus' | 'disk'>

/** What an empty node would give; null when the demand is more than the node has. */
export function largestShare(node: Totals, demand: Demand): Share | null {
  return share(node, [], demand)
}

/** What the node can give beside `lanes`; null when it does not fit now. Of a range of cores it gives as many as are free. */
export function share(node: Totals, lanes: Iterable<Pick<Lane, 'grant'>>, demand: Demand): Share | null {
  let cores = node.cores
  let memory = node.memory
  let disk = node.disk
  let busy = false
  let gpus: Set<number> | null = null
  for (const { grant } of lanes) {
    if (grant.whole) return null
    busy = true
    cores -= grant.cores
    memory -= grant.memory ?? 0
    disk -= grant.disk ?? 0
    if (grant.gpus.length > 0) gpus = new Set([...(gpus ?? []), ...grant.gpus])
  }
  if ((demand.memory ?? 0) > memory || (demand.disk ?? 0) > disk || demand.gpus > node.gpus - (gpus?.size ?? 0)) return null
  const { memory: wanted, disk: room } = demand
  if (demand.cores === 'all') {
    return busy ? null : { cores: node.cores, whole: true, memory: wanted, gpus: freeGpus(node.gpus, gpus, node.gpus), disk: room }
  }
  if (demand.cores.min > cores) return null
  const granted = freeGpus(node.gpus, gpus, demand.gpus)
  return { cores: Math.min(demand.cores.max, cores), whole: false, memory: wanted, gpus: granted, disk: room }
}

const noGpus: readonly number[] = []

/** The lowest indexes that are free. */
function freeGpus(all: number, taken: ReadonlySet<number> | null, wanted: number): readonly number[] {
  if (wanted === 0) return noGpus
  const free: number[] = []
  for (let index = 0; index < all && free.length < wanted; index++) if (taken?.has(index) !== true) free.push(index)
  return free
}

/** True when `demand` would fit beside `lanes` in the empty node: room that is being kept for it is not taken by them. */
export function leavesRoom(node: Totals, lanes: Iterable<Pick<Lane, 'grant'>>, demand: Demand): boolean {
  return share(node, lanes, demand) !== null
}

/** How many jobs of the demand could start beside `lanes` now, at most `slots`. */
export function capacity(node: Totals, lanes: ReadonlyMap<number, Pick<Lane, 'grant'>>, demand: Demand, slots: number): number {
  const first = share(node, lanes.values(), demand)
  if (first === null || lanes.size >= slots) return 0
  if (demand.cores === 'all') return 1
  let { cores, memory, disk } = node
  let gpus = node.gpus
  for (const { grant } of lanes.values()) {
    cores -= grant.cores
    memory -= grant.memory ?? 0
    disk -= grant.disk ?? 0
    gpus -= grant.gpus.length
  }
  const times = (free: number, each: number | null): number =>
    each === null || each === 0 ? Number.POSITIVE_INFINITY : Math.floor(free / each)
  return Math.min(
    slots - lanes.size,
    times(cores, demand.cores.min),
    times(memory, demand.memory),
    times(disk, demand.disk),
    times(gpus, demand.gpus),
  )
}
