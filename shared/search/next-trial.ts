// Opens trials for search-step.ts: which comes next, whether its parameters are known here or must be asked for.
import { assert } from '../base/assert.ts'
import { float, int, type Params } from '../model/value.ts'
import { askHalving } from './halving.ts'
import { budgetName } from './halving-config.ts'
import type { Search, SearchState } from './search-state.ts'
import type { SearchEffect } from './search-step.ts'

/** As many as may be open now. Sets `closing` when there are no more. Changes `state`. */
export function openTrials(search: Search, state: SearchState): readonly SearchEffect[] {
  const { maxConcurrent, batch } = search.spec
  const effects: SearchEffect[] = []
  if (state.closing !== null || (batch && state.open.size > 0)) return effects
  while (state.open.size < maxConcurrent) {
    const next = nextTrial(search, state)
    if (next === 'wait') break
    if (next === 'none') {
      // asks that are out may still bring trials, retries too: nothing is over before they are
      if (state.open.size === 0) state.closing = 'complete'
      break
    }
    const params = paramsOf(search, state, next.trial)
    const { trial, before, told } = next
    state.open.set(trial, { params, runs: params === null ? before : before + 1, before, lost: 0, told })
    if (batch && !told) state.generation.push(trial)
    effects.push(params === null ? { kind: 'ask', trial } : { kind: 'start', trial, run: before, delay: 0, params })
  }
  state.generation.sort((a, b) => a - b)
  return effects
}

/** Of a trial that was opened; null when they were asked for and did not come yet. */
export function paramsOf(search: Search, state: SearchState, trial: number): Params | null {
  const { spec, space } = search
  if (search.plan !== null) {
    const run = state.configs.get(trial)
    assert(run !== undefined, `trial ${trial} has no configuration`)
    const budget = Number.isSafeInteger(run.budget) ? int(run.budget) : float(run.budget)
    return [...space.params(run.config, state.blocks), [budgetName(spec), budget]]
  }
  // points to evaluate are asked for as well: an optimiser gives them out first, and so knows of them
  if (search.learns) return state.suggested.get(trial) ?? null
  return space.params(trial, state.blocks)
}

type Next = SearchState['again'][number] | 'wait' | 'none'

function nextTrial(search: Search, state: SearchState): Next {
  const again = state.again.shift()
  if (again !== undefined) return again
  if (state.halving !== null) {
    const answer = askHalving(state.halving)
    if (answer.kind !== 'run') return answer.kind === 'wait' ? 'wait' : 'none'
    state.configs.set(state.next, { config: answer.config, budget: answer.budget })
  } else if (state.next >= search.space.total(state.blocks)) return 'none'
  return { trial: state.next++, before: 0, told: false }
}
