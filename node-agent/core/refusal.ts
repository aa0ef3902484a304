// Where work of the head belongs on this node, or why it cannot be taken: then it goes back. Asked for every build and job.
import { placeOf } from './place.ts'
import { leaving, type State } from './state.ts'
import type { Place, Work } from './work.ts'

export interface Refusal {
  readonly refusal: string
}

export function placeFor(state: State, work: Exclude<Work, { kind: 'adopted' }>): Place | Refusal {
  if (leaving(state)) return { refusal: 'agent stopping' }
  // given before the head heard of fewer slots
  if (work.slot >= state.slots) return { refusal: `this node has no slot ${work.slot}, only ${state.slots}` }
  const jobset = state.jobsets.get(work.uid)
  if (jobset === undefined) return { refusal: 'this node was not told of the jobset' }
  return placeOf(jobset, work.slot, state.ownBuilds)
}
