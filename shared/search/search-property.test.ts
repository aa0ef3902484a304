// The machine under chance: whatever ends in whatever order, however it is configured.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SearchSpec } from '../model/search.ts'
import type { TrialEnd } from '../model/trial.ts'
import { typed } from '../model/value.ts'
import { newSearch, newState, type Search, type SearchState, totalTrials } from './search-state.ts'
import { outstanding, type SearchEffect, type SearchEvent, stepSearch } from './search-step.ts'
import { grid, searchSpec, uniformDomain } from './test-support.ts'

const ends: readonly TrialEnd[] = [
  { kind: 'reported', values: [1], warning: null },
  { kind: 'reported', values: [2], warning: 'exit code 1' },
  { kind: 'failed', reason: 'exit code 1', retry: 'exit' },
  { kind: 'lost', reason: 'node', retry: 'lost' },
  { kind: 'no_result', reason: 'nothing', retry: null },
]

const someSpec = fc
  .record({
    algorithm: fc.constantFrom('grid' as const, 'optuna' as const, 'halving' as const, 'lhs' as const),
    numSamples: fc.integer({ min: 1, max: 4 }),
    maxConcurrent: fc.integer({ min: 1, max: 4 }),
    batch: fc.boolean(),
    max: fc.integer({ min: 0, max: 1 }),
    hasPoint: fc.boolean(),
  })
  .map(({ max, hasPoint, ...said }): SearchSpec => {
    const isGrid = said.algorithm === 'grid'
    return searchSpec({
      ...said,
      params: isGrid
        ? [
            { name: 'a', domain: grid(1, 2, 3) },
            { name: 'b', domain: grid(1, 2) },
          ]
        : [{ name: 'a', domain: uniformDomain(0, 1) }],
      points: hasPoint ? [[['a', typed(0)], ...(isGrid ? [['b', typed(0)] as const] : [])]] : [],
      algorithmConfig: { max: 4, factor: 2 },
      options: { ...searchSpec().options, retries: { max, on: ['exit'], backoff: 0 } },
    })
  })

interface Run {
  readonly search: Search
  readonly state: SearchState
  readonly events: readonly SearchEvent[]
  readonly effects: readonly SearchEffect[]
}

/** Answers whatever is open, in an order that chance picks, to the end; `check` after every event. */
function drive(spec: SearchSpec, picks: Iterator<number>, check: (search: Search, state: SearchState) => void): Run {
  const search = newSearch(spec, 3)
  const state = newState(search)
  const events: SearchEvent[] = []
  const effects: SearchEffect[] = []
  const pick = (below: number) => (picks.next().value ?? 0) % below
  const apply = (event: SearchEvent) => {
    events.push(event)
    effects.push(...stepSearch(search, state, event))
    check(search, state)
  }
  apply({ kind: 'begun' })
  for (let extensions = 0; ; ) {
    const open = outstanding(state)
    const next = open[pick(Math.max(1, open.length))]
    if (next === undefined) {
      if (++extensions > 2) return { search, state, events, effects }
      apply(extensions === 1 ? { kind: 'extended', samples: 2 } : { kind: 'retry_failed' })
    } else if (next.kind === 'ask') apply({ kind: 'suggested', trial: next.trial, params: [['a', typed(pick(1000) / 1000)]] })
    else if (next.kind === 'start')
      apply({
        kind: 'ended',
        trial: next.trial,
        run: next.run,
        end: ends[pick(ends.length)] ?? { ...ends[4], kind: 'failed', reason: '', retry: null },
      })
  }
}

const chance = fc.infiniteStream(fc.nat({ max: 1_000_000 }))

test('never more than max_concurrent are open, and it ends with every trial ended', () => {
  fc.assert(
    fc.property(someSpec, chance, (spec, picks) => {
      const { search, state } = drive(spec, picks, (_, { open }) => expect(open.size).toBeLessThanOrEqual(spec.maxConcurrent))
      expect(state.done).toBe(true)
      expect([...state.ended.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: totalTrials(search, state) }, (_, index) => index))
    }),
  )
})

test('every point of a grid is started num_samples times, with the parameters of its number', () => {
  fc.assert(
    fc.property(
      someSpec.filter(({ algorithm }) => algorithm === 'grid'),
      chance,
      (spec, picks) => {
        const { search, state, effects } = drive(spec, picks, () => {})
        const seen = new Map<string, Set<number>>()
        for (const effect of effects) {
          if (effect.kind !== 'start') continue
          expect(effect.params).toEqual(search.space.params(effect.trial, state.blocks))
          const key = JSON.stringify(effect.params)
          seen.set(key, (seen.get(key) ?? new Set()).add(effect.trial))
        }
        expect(seen.size).toBe(6 + spec.points.length)
        expect([...seen.values()].filter((trials) => trials.size === spec.numSamples + 2)).toHaveLength(6)
      },
    ),
  )
})

test('no run is started twice, no trial told twice', () => {
  fc.assert(
    fc.property(someSpec, chance, (spec, picks) => {
      const { effects } = drive(spec, picks, () => {})
      const starts = effects.flatMap((effect) => (effect.kind === 'start' ? [`${effect.trial}.${effect.run}`] : []))
      expect(new Set(starts).size).toBe(starts.length)
      const tells = effects.flatMap((effect) => (effect.kind === 'tell' ? [effect.trial] : []))
      expect(new Set(tells).size).toBe(tells.length)
    }),
  )
})

test('with batch no generation begins before the last one ended, and tells come in the order of the trials', () => {
  fc.assert(
    fc.property(
      someSpec.map((spec) => ({ ...spec, batch: true })),
      chance,
      (spec, picks) => {
        const { search, events } = drive(spec, picks, () => {})
        const state = newState(search)
        for (const event of events) {
          const before = state.open.size
          const effects = stepSearch(search, state, event)
          const opened = effects.filter(
            (effect) => effect.kind === 'ask' || (effect.kind === 'start' && effect.run === 0 && event.kind !== 'suggested'),
          )
          const ended = before - (state.open.size - opened.length)
          if (opened.length > 0) expect(before - ended).toBe(0)
          const tells = effects.flatMap((effect) => (effect.kind === 'tell' ? [effect.trial] : []))
          expect(tells).toEqual([...tells].sort((a, b) => a - b))
        }
      },
    ),
  )
})

test('replaying any prefix of the events gives the same state and the same effects', () => {
  fc.assert(
    fc.property(someSpec, chance, fc.double({ min: 0, max: 1, noNaN: true }), (spec, picks, share) => {
      const { events, effects, search } = drive(spec, picks, () => {})
      const cut = Math.floor(events.length * share)
      const [first, second] = [newState(search), newState(newSearch(spec, 3))]
      const given = events.slice(0, cut).flatMap((event) => stepSearch(search, first, event))
      const again = events.slice(0, cut).flatMap((event) => stepSearch(newSearch(spec, 3), second, event))
      expect(again).toEqual(given)
      expect(second).toEqual(first)
      expect(effects.slice(0, given.length)).toEqual(given)
      const rest = events.slice(cut).flatMap((event) => stepSearch(search, second, event))
      expect([...again, ...rest]).toEqual(effects)
    }),
  )
})
