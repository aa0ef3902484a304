// The real program with the real optimisers, as the set-up of the tests installs them.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newerBayesopt } from '../../scripts/setup/suggest.mjs'
import type { Json, Suggestion, SuggestSearch } from './protocol.ts'
import { type Disturbed, lossOf, realCommand, runSearch, search, space } from './test-support.ts'

interface Case {
  readonly name: string
  readonly over: Partial<SuggestSearch>
  /** rounds of 4 trials after which what it was told shows; 0: it only draws */
  readonly learns: number
  readonly newer?: boolean
  /** where a suggestion takes a second */
  readonly rounds?: number
}

const optuna = (sampler: string, learns: number, more: Record<string, Json> = {}): Case => ({
  name: `optuna ${sampler}`,
  over: { algorithm_config: { sampler, ...more } },
  learns,
})
/** for what takes a second a suggestion with all of them */
const few = space.filter(({ name }) => ['x', 'n', 'shape'].includes(name))
const max = { modes: ['max'] as const }

const cases: readonly Case[] = [
  optuna('tpe', 14, { multivariate: true }),
  optuna('random', 0),
  optuna('cmaes', 0),
  optuna('nsgaii', 20, { population_size: 4 }),
  optuna('qmc', 0),
  { name: 'cmaes', over: { algorithm: 'cmaes', ...max }, learns: 20 },
  { name: 'hyperopt', over: { algorithm: 'hyperopt', algorithm_config: { n_initial_points: 8 }, ...max }, learns: 16 },
  {
    name: 'bayesopt',
    over: { algorithm: 'bayesopt', space: few, algorithm_config: { random_search_steps: 4, kappa: 0.1 } },
    learns: 0,
    rounds: 3,
  },
  {
    name: 'bayesopt 3',
    over: { algorithm: 'bayesopt', space: few, algorithm_config: { random_search_steps: 4, kappa: 0.1 }, ...max },
    learns: 0,
    rounds: 3,
    newer: true,
  },
  { name: 'nevergrad', over: { algorithm: 'nevergrad', algorithm_config: { optimizer: 'OnePlusOne' }, ...max }, learns: 16 },
]

/** Ends the process before the steps given, in the middle of a call where the number is odd. */
const killsAt = (steps: ReadonlySet<number>): NonNullable<Disturbed['before']> => {
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

test.for(cases)(
  '$name: the same seed and a process that is killed give the same suggestions',
  async ({ over, learns, newer, rounds = learns || 6 }, context) => {
    const command = realCommand(context, newer === true ? newerBayesopt : undefined)
    const options = { command, search: search(over) }
    const whole = await runSearch(options, { rounds })
    const cut = await runSearch(options, { rounds, before: killsAt(new Set([4])) })
    expect([whole.starts, cut.starts]).toEqual([1, 2])
    expect(whole.suggestions).toHaveLength(4 * rounds)
    expect(cut.suggestions).toEqual(whole.suggestions)
    expect(whole.suggestions.map(({ trial }) => trial)).toEqual(whole.suggestions.map((_, index) => index))
    for (const { params } of whole.suggestions) expectInside(params, options.search.space)
    // what was told counts, with the right sign
    if (learns > 0) expect(mean(whole.suggestions.slice(-8))).toBeLessThan(0.9 * mean(whole.suggestions.slice(0, 12)))
  },
)

const isIn: Readonly<Record<string, (value: Json) => boolean>> = {
  x: (value) => typeof value === 'number' && value >= -5 && value <= 5,
  rate: (value) => typeof value === 'number' && value >= 1e-4 && value <= 1,
  n: (value) => [1, 4, 7, 10].includes(Number(value)),
  share: (value) => [0, 0.1, 0.2, 0.30000000000000004].includes(Number(value)),
  'g.PYR->BC': (value) => Number.isInteger(Number(value) * 4),
  units: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 100,
  shape: (value) => ['"a"', '[1,2]', 'null'].includes(JSON.stringify(value)),
  on: (value) => typeof value === 'boolean',
}

function expectInside(params: Readonly<Record<string, Json>>, known: SuggestSearch['space']): void {
  expect(Object.keys(params)).toEqual(known.map(({ name }) => name))
  expect(Object.entries(params).filter(([name, value]) => isIn[name]?.(value) !== true)).toEqual([])
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
