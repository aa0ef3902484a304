// The machine, case by case: generations and refill, asks, failures, retries, stop and extension.
import { expect, test } from 'vitest'
import type { SearchSpec } from '../model/search.ts'
import type { TrialEnd } from '../model/trial.ts'
import { plain, typed } from '../model/value.ts'
import { newSearch, newState, totalTrials } from './search-state.ts'
import { outstanding, type SearchEffect, type SearchEvent, stepSearch } from './search-step.ts'
import { grid, searchSpec, uniformDomain } from './test-support.ts'

const reported = (value: number): TrialEnd => ({ kind: 'reported', values: [value], warning: null })
const failed: TrialEnd = { kind: 'failed', reason: 'exit code 1', retry: 'exit' }

/** One word an effect: `start 0`, `ask 3`, `tell 3=0.5`, `cancel 1`, `done complete`; runs after the first as `start 0.1+10`. */
function word(effect: SearchEffect): string {
  switch (effect.kind) {
    case 'start':
      return effect.run === 0 ? `start ${effect.trial}` : `start ${effect.trial}.${effect.run}+${effect.delay / 1000}`
    case 'tell':
      return `tell ${effect.trial}=${effect.values}`
    case 'done':
      return `done ${effect.reason}`
    default:
      return `${effect.kind} ${effect.trial}`
  }
}

function started(said: Partial<SearchSpec>, seed = 1) {
  const search = newSearch(searchSpec(said), seed)
  const state = newState(search)
  const step = (event: SearchEvent) => stepSearch(search, state, event).map(word)
  return {
    search,
    state,
    step,
    begun: step({ kind: 'begun' }),
    end: (trial: number, end: TrialEnd = reported(trial), run = 0) => step({ kind: 'ended', trial, run, end }),
    suggest: (trial: number, x = trial) => step({ kind: 'suggested', trial, params: [['x', typed(x)]] }),
  }
}

const six = { params: [{ name: 'x', domain: grid(0, 1, 2, 3, 4, 5) }] }
const asked = { algorithm: 'optuna', params: [{ name: 'x', domain: uniformDomain(0, 9) }] } as const

test('without batch a free place is filled at once, never above max_concurrent', () => {
  const { begun, end, state } = started({ ...six, maxConcurrent: 2 })
  expect(begun).toEqual(['start 0', 'start 1'])
  expect(end(1)).toEqual(['start 2'])
  expect(end(2)).toEqual(['start 3'])
  expect(end(0)).toEqual(['start 4'])
  expect(end(4)).toEqual(['start 5'])
  expect(end(5)).toEqual([])
  expect(end(3)).toEqual(['done complete'])
  expect(state.counts).toMatchObject({ reported: 6, failed: 0 })
  expect(state.best).toEqual({ trial: 0, values: [0] })
})

test('with batch the next generation waits for all of this one', () => {
  const { begun, end } = started({ ...six, maxConcurrent: 4, batch: true })
  expect(begun).toEqual(['start 0', 'start 1', 'start 2', 'start 3'])
  expect([end(3), end(0), end(2)]).toEqual([[], [], []])
  expect(end(1)).toEqual(['start 4', 'start 5'])
  expect([end(5), end(4)]).toEqual([[], ['done complete']])
})

test('a generation is told in the order of its trials, before the next is asked for', () => {
  const { begun, end, suggest } = started({ ...asked, numSamples: 4, maxConcurrent: 3, batch: true })
  expect(begun).toEqual(['ask 0', 'ask 1', 'ask 2'])
  expect([suggest(1), suggest(0), suggest(2)]).toEqual([['start 1'], ['start 0'], ['start 2']])
  expect([end(2, reported(0.2)), end(0, failed)]).toEqual([[], []])
  expect(end(1, reported(0.1))).toEqual(['tell 0=null', 'tell 1=0.1', 'tell 2=0.2', 'ask 3'])
})

test('without batch every end is told as it comes, then its place is asked for', () => {
  const { end, suggest } = started({ ...asked, numSamples: 4, maxConcurrent: 2 })
  suggest(0)
  suggest(1)
  expect(end(1, reported(0.5))).toEqual(['tell 1=0.5', 'ask 2'])
  expect(end(0, reported(0.25))).toEqual(['tell 0=0.25', 'ask 3'])
})

test('an optimiser is asked for points to evaluate too, and told with the parameters', () => {
  const { begun, suggest, search, state } = started({ ...asked, numSamples: 2, maxConcurrent: 2, points: [[['x', typed(4)]]] })
  expect(begun).toEqual(['ask 0', 'ask 1'])
  suggest(0, 4)
  const [tell] = stepSearch(search, state, { kind: 'ended', trial: 0, run: 0, end: reported(1) })
  expect(tell).toEqual({ kind: 'tell', trial: 0, params: [['x', typed(4)]], values: [1] })
})

test('repeated and late events change nothing', () => {
  const { end, suggest, step, state } = started({ ...asked, numSamples: 2 })
  expect(suggest(0)).toEqual(['start 0'])
  expect([suggest(0, 7), suggest(5), end(1), end(0, reported(1), 3), step({ kind: 'begun' })]).toEqual([[], [], [], [], []])
  expect(end(0)).toEqual(['tell 0=0', 'ask 1'])
  expect(end(0, failed)).toEqual([])
  expect(state.counts).toMatchObject({ reported: 1, failed: 0 })
})

test('a failure is skipped, or counts as a penalty for the algorithm alone, or stops the search', () => {
  const one = { ...asked, numSamples: 3, maxConcurrent: 2 }
  const skip = started(one)
  skip.suggest(0)
  expect(skip.end(0, failed)).toEqual(['tell 0=null', 'ask 2'])
  const penalty = started({ ...one, onFailure: { kind: 'penalty', value: 1e9 } })
  penalty.suggest(0)
  expect(penalty.end(0, failed)).toEqual(['tell 0=1000000000', 'ask 2'])
  expect(penalty.state.best).toBeNull()
  const highest = started({ ...one, metrics: [{ name: 'score', mode: 'max' }], onFailure: { kind: 'penalty', value: 1e9 } })
  highest.suggest(0)
  expect(highest.end(0, failed)).toEqual(['tell 0=-1000000000', 'ask 2'])
  const stop = started({ ...six, maxConcurrent: 2, onFailure: { kind: 'stop' } })
  expect(stop.end(0, failed)).toEqual([])
  expect(stop.end(1)).toEqual(['done failed'])
  expect(totalTrials(stop.search, stop.state)).toBe(2)
})

test('a run is tried again by its class with doubled delays, a lost node has tries of its own', () => {
  const retries = { max: 2, on: ['exit'], backoff: 10_000 } as const
  const { end, state } = started({ ...six, options: { ...searchSpec().options, retries } })
  const lost: TrialEnd = { kind: 'lost', reason: 'node', retry: 'lost' }
  expect(end(0, failed, 0)).toEqual(['start 0.1+10'])
  expect(end(0, lost, 1)).toEqual(['start 0.2+10'])
  expect(end(0, failed, 2)).toEqual(['start 0.3+20'])
  expect(end(0, { kind: 'no_result', reason: 'nothing', retry: null }, 3)).toEqual(['start 1'])
  for (let run = 0; run < 3; run++) end(1, failed, run)
  expect(state.ended.get(1)).toEqual(failed)
  for (let run = 0; run < 6; run++) end(2, lost, run)
  expect(state.counts).toMatchObject({ no_result: 1, failed: 1, lost: 1 })
})

test('stop lets what runs go on, or cancels it; an ask without an answer is taken back and comes again', () => {
  const { suggest, step, end, state } = started({ ...asked, numSamples: 3, maxConcurrent: 3 })
  suggest(1)
  expect(step({ kind: 'stop', cancel: true, failed: false })).toEqual(['cancel 1'])
  expect(suggest(0)).toEqual([])
  expect(end(1, { kind: 'cancelled', reason: 'stopped', retry: null })).toEqual(['tell 1=null', 'done stopped'])
  expect(step({ kind: 'extended', samples: 1 })).toEqual(['ask 0', 'ask 2', 'ask 3'])
  expect(state.done).toBe(false)
})

test('an extension goes on after the end, numbers stay', () => {
  const { end, step, search, state } = started({ params: [{ name: 'x', domain: grid(7, 8) }] })
  expect([end(0), end(1)]).toEqual([['start 1'], ['done complete']])
  expect(step({ kind: 'extended', samples: 2 })).toEqual(['start 2'])
  expect(totalTrials(search, state)).toBe(6)
  const starts = [state.open.get(2)?.params, search.space.params(5, state.blocks)].map((params) => plain(params?.[0]?.[1] ?? typed(null)))
  expect(starts).toEqual([7, 8])
})

test('failed trials run again under their numbers, and their algorithm is not told twice', () => {
  const { begun, suggest, end, step, state } = started({ ...asked, numSamples: 2, maxConcurrent: 2 })
  expect(begun).toEqual(['ask 0', 'ask 1'])
  suggest(0, 5)
  suggest(1)
  end(0, failed)
  expect(end(1)).toEqual(['tell 1=1', 'done complete'])
  expect(step({ kind: 'retry_failed' })).toEqual(['start 0.1+0'])
  // the first run's end comes once more
  expect(end(0, failed)).toEqual([])
  expect(state.open.get(0)?.params).toEqual([['x', typed(5)]])
  expect(end(0, reported(-1), 1)).toEqual(['done complete'])
  expect(state.counts).toMatchObject({ reported: 2, failed: 0 })
  expect(state.best?.trial).toBe(0)
})

test('an algorithm that has no more ends the search', () => {
  const { suggest, end, step, search, state } = started({ ...asked, numSamples: 9, maxConcurrent: 2 })
  suggest(0)
  expect(step({ kind: 'exhausted', trial: 1 })).toEqual([])
  expect(end(0)).toEqual(['tell 0=0', 'done exhausted'])
  expect(totalTrials(search, state)).toBe(1)
})

test('halving gives each trial its budget and goes on with the best', () => {
  const params = [{ name: 'x', domain: uniformDomain(0, 1) }]
  const config = { budget: 'steps', min: 1, max: 9, factor: 3 }
  const { begun, end, search, state } = started({
    algorithm: 'halving',
    algorithmConfig: config,
    params,
    numSamples: 3,
    maxConcurrent: 2,
    batch: true,
  })
  expect(begun).toEqual(['start 0', 'start 1'])
  expect(state.open.get(1)?.params?.map(([name]) => name)).toEqual(['x', 'steps'])
  expect([end(1, reported(1)), end(0, reported(5))]).toEqual([[], ['start 2']])
  expect(end(2, reported(2))).toEqual(['start 3'])
  expect(state.open.get(3)?.params).toEqual([...search.space.params(1, [3]), ['steps', typed(3)]])
  expect(end(3)).toEqual(['done complete'])
})

test('a head that starts again learns what was given out and not answered', () => {
  const { search, state, suggest } = started({ ...asked, numSamples: 9, maxConcurrent: 3 })
  suggest(1)
  expect(outstanding(state).map(word)).toEqual(['ask 0', 'start 1', 'ask 2'])
  expect(() => newSearch(search.spec, -1)).toThrow('the seed -1')
})
