// How many trials a search will have, before it begins.
import type { SearchSpec } from '../model/search.ts'
import { newSearch, newState, totalTrials } from './search-state.ts'

/** For `halving` at most. */
export function trialCount(spec: SearchSpec<unknown>): number {
  const search = newSearch(spec, spec.seed ?? 0)
  return totalTrials(search, newState(search))
}
