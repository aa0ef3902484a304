// The real program with the real optimisers, as the set-up of the tests installs them.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newerBayesopt } from '../../scripts/setup/suggest.mjs'
import type { Json, Suggestion, SuggestSearch } from './protocol.ts'
import { type Disturbed, lossOf, realCommand, runSearch, search } from './test-support.ts'

interface Case {
  readonly name: string
  readonly over: Partial<SuggestSearch>
  /** false: it only draws */
  readonly learns: boolean
  readonly newer?: boolean
}

const optuna = (sampler: string, learns: boolean, more: Record<string, Json> = {}): Case => ({
  name: `optuna ${sampler}`,
  over: { algorithm_config: { sampler, ...more } },
  learns,
})
const max = { modes: ['max'] as const }

const cases: readonly Case[] = [
  optuna('tpe', true, { multivariate: true }),
  optuna('random', false),
  optuna('cmaes', false),
  optuna('nsgaii', true, { population_size: 4 }),
  optuna('qmc', false),
  { name: 'cmaes', over: { algorithm: 'cmaes', ...max }, learns: true },
  { name: 'hyperopt', over: { algorithm: 'hyperopt', algorithm_config: { n_initial_points: 8 }, ...max }, learns: true },
  { name: 'bayesopt', over: { algorithm: 'bayesopt', algorithm_config: { random_search_steps: 8 } }, learns: true },
  {
    name: 'bayesopt 3',
    over: { algorithm: 'bayesopt', algorithm_config: { random_search_steps: 8 }, ...max },
    learns: true,
    older: true,
  },
  { name: 'nevergrad', over: { algorithm: 'nevergrad', ...max }, learns: true },
]

/** Ends the process before the steps given, in the middle of a call where the number is odd. */
const killsAt = (steps: ReadonlySet<number>): Disturbed['before'] => {
  return (step, suggester) => {
    if (!steps.has(step)) return null
    if (step % 2 === 0) {
      void suggester.close()
      return null
    }
    return AbortSignal.timeout(2 + (step % 3))
  }
}

const mean = (list: readonly Suggestion[]): number => list.reduce((sum, { params }) => sum + lossOf(params), 0) / list.length

test.for(cases)('$name: the same seed and a process that is killed give the same suggestions', async ({ over, learns, newer }, context) => {
  const command = realCommand(context, newer === true ? newerBayesopt : undefined)
  const options = { command, search: search(over) }
  const rounds = 6
  const whole = await runSearch(options, { rounds })
  const cut = await runSearch(options, { rounds, before: killsAt(new Set([8])) })
  expect([whole.starts, cut.starts]).toEqual([1, 2])
  expect(whole.suggestions.length).toBeGreaterThan(20)
  expect(cut.suggestions).toEqual(whole.suggestions)
  expect(whole.suggestions.map(({ trial }) => trial)).toEqual(whole.suggestions.map((_, index) => index))
  for (const { params } of whole.suggestions) expectInside(params)
  // what was told counts, with the right sign
  if (learns) expect(mean(whole.suggestions.slice(-8))).toBeLessThan(mean(whole.suggestions.slice(0, 8)))
})

function expectInside(params: Readonly<Record<string, Json>>): void {
  const { x, rate, n, share, units, shape, on } = params
  expect(x).toSatisfy((value: number) => value >= -5 && value <= 5)
  expect(rate).toSatisfy((value: number) => value >= 1e-4 && value <= 1)
  expect([1, 4, 7, 10]).toContain(n)
  expect([0, 0.1, 0.2, 0.30000000000000004]).toContain(share)
  expect(params['g.PYR->BC']).toSatisfy(Number.isFinite)
  expect(units).toSatisfy((value: number) => Number.isInteger(value) && value >= 1 && value <= 100)
  expect(['a', [1, 2], null]).toContainEqual(shape)
  expect([true, false]).toContain(on)
}

test('killed at any moments, however many are asked at once, tpe and nsgaii suggest the same', async (context) => {
  const command = realCommand(context)
  for (const sampler of ['tpe', 'nsgaii']) {
    const options = { command, search: search({ algorithm_config: { sampler }, metrics: ['loss', 'x'], modes: ['min', 'max'] }) }
    const asks = (round: number): number => 1 + ((round * 5) % 7)
    const whole = await runSearch(options, { asks })
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(15), { minLength: 1, maxLength: 3 }), async (steps) => {
        const cut = await runSearch(options, { asks, before: killsAt(new Set(steps)) })
        expect(cut.suggestions).toEqual(whole.suggestions)
        expect(cut.notices).toEqual([])
      }),
      { numRuns: 3, seed: 7 },
    )
  }
})
