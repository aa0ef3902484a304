// What a job asks of a node, what a node has, and what a job got of it. `cores: 'all'` is the whole node (the default, as
// the original promised); everything else packs.

/** A job's demand, compiled: bytes for memory and disk, numbers for cores and gpus. */
export interface Demand {
  readonly cores: 'all' | { readonly min: number; readonly max: number }
  readonly memory: number | null
  readonly gpus: number
  readonly disk: number | null
}

export const wholeNode: Demand = { cores: 'all', memory: null, gpus: 0, disk: null }

/** What a job got: a slot of its node and its share of it. Bytes; `gpus` are indexes. */
export interface Grant {
  readonly slot: number
  readonly cores: number
  /** the whole node: nothing else runs beside */
  readonly whole: boolean
  readonly memory: number | null
  readonly gpus: readonly number[]
  readonly disk: number | null
}

/** Most different demands among the jobs of one jobset: each is a queue of its own at the head. */
export const maxDemands = 100

/** The same text for the same demand. */
export function demandKey({ cores, memory, gpus, disk }: Demand): string {
  return JSON.stringify([cores === 'all' ? cores : [cores.min, cores.max], memory, gpus, disk])
}
