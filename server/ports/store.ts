// The store as the rest of the head sees it: transitions that resolve when they are durable. Reads go through store/reads.
import type { InputOf, OutputOf, TransitionName } from '../store/transitions-table.ts'

export interface Store {
  /** Resolves after the commit; rejects with a DistError (`disk_full`, `unavailable`, or what the transition threw). */
  run<N extends TransitionName>(name: N, input: InputOf<N>): Promise<OutputOf<N>>
}
