// What a job asks of a node and what a node has. `cores: 'all'` is the whole node (the default, as the
// original promised); everything else packs.

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
