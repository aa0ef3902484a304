// Amounts: what of a node is free, and whether a demand fits into it. Pure arithmetic, used by the plan for jobs and builds.
import type { Demand, Grant } from '../../shared/model/resources.ts'
import type { Lane, NodeFacts } from './state.ts'

type Share = Omit<Grant, 'slot'>
type Totals = Pick<NodeFacts, 'cores' | 'memory' | 'gpus' | 'disk'>

/** What an empty node would give; null when the demand is more than the node has. */
export function largestShare(node: Totals, demand: Demand): Share | null {
  return share(node, [], demand)
}

/** What is left of a node beside `lanes`. */
export interface Free {
  readonly cores: number
  readonly memory: number
  readonly disk: number
  readonly gpus: readonly number[]
  /** nothing runs there */
  readonly empty: boolean
}

export function freeOf(node: Totals, lanes: Iterable<Pick<Lane, 'grant'>>): Free {
  let { cores, memory, disk } = node
  let taken: Set<number> | null = null
  let empty = true
  for (const { grant } of lanes) {
    empty = false
    cores -= grant.whole ? cores : grant.cores
    memory -= grant.memory ?? 0
    disk -= grant.disk ?? 0
    if (grant.gpus.length > 0) taken = new Set([...(taken ?? []), ...grant.gpus])
  }
  return { cores: Math.max(0, cores), memory, disk, gpus: freeGpus(node.gpus, taken), empty }
}

/** What the node can give beside `lanes`; null when it does not fit now. Of a range of cores it gives as many as are free. */
export function share(node: Totals, lanes: Iterable<Pick<Lane, 'grant'>>, demand: Demand): Share | null {
  return shareOf(node, freeOf(node, lanes), demand)
}

/** The same, where what is free is known. */
export function shareOf(node: Totals, free: Free, demand: Demand): Share | null {
  const { memory, disk } = demand
  if ((memory ?? 0) > free.memory || (disk ?? 0) > free.disk || demand.gpus > free.gpus.length) return null
  if (demand.cores === 'all') return free.empty ? { cores: node.cores, whole: true, memory, gpus: free.gpus, disk } : null
  if (demand.cores.min > free.cores) return null
  const gpus = demand.gpus === 0 ? noGpus : free.gpus.slice(0, demand.gpus)
  return { cores: Math.min(demand.cores.max, free.cores), whole: false, memory, gpus, disk }
}

const noGpus: readonly number[] = []

function freeGpus(all: number, taken: ReadonlySet<number> | null): readonly number[] {
  if (all === 0) return noGpus
  return Array.from({ length: all }, (_, index) => index).filter((index) => taken?.has(index) !== true)
}

/** How many jobs of the demand could start beside `lanes` now, at most `slots`. */
export function capacity(node: Totals, lanes: ReadonlyMap<number, Pick<Lane, 'grant'>>, demand: Demand, slots: number): number {
  const free = freeOf(node, lanes.values())
  if (lanes.size >= slots || shareOf(node, free, demand) === null) return 0
  if (demand.cores === 'all') return 1
  const times = (free: number, each: number | null): number =>
    each === null || each === 0 ? Number.POSITIVE_INFINITY : Math.floor(free / each)
  return Math.min(
    slots - lanes.size,
    times(free.cores, demand.cores.min),
    times(free.memory, demand.memory),
    times(free.disk, demand.disk),
    times(free.gpus.length, demand.gpus),
  )
}
