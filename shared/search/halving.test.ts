// Successive halving: rungs, promotion, failures, extension.
import { expect, test } from 'vitest'
import { askHalving, type Halving, type HalvingPlan, halvingTotal, newHalving, tellHalving } from './halving.ts'

const plan: HalvingPlan = { least: 1, most: 9, factor: 3, mode: 'min' }

/** Runs all that is asked; `value` of a configuration, null = it fails. */
function run(halving: Halving, value: (config: number) => number | null): readonly string[] {
  const log: string[] = []
  for (;;) {
    const out: number[] = []
    for (let answer = askHalving(halving); answer.kind !== 'wait'; answer = askHalving(halving)) {
      if (answer.kind === 'done') return log
      log.push(`${answer.config}@${answer.budget}`)
      out.push(answer.config)
    }
    for (const config of out.reverse()) tellHalving(halving, config, value(config))
  }
}

test('the best third goes on with three times the budget, up to the most', () => {
  const halving = newHalving(plan, [9])
  expect(run(halving, (config) => Math.abs(config - 6.1))).toEqual([
    ...Array.from({ length: 9 }, (_, i) => `${i}@1`),
    '6@3',
    '7@3',
    '5@3',
    '6@9',
  ])
  expect(halvingTotal(plan, [9])).toBe(13)
  expect(run(newHalving({ ...plan, mode: 'max' }, [3]), (config) => config)).toEqual(['0@1', '1@1', '2@1', '2@3'])
})

test('a rung waits for its last configuration', () => {
  const halving = newHalving(plan, [3])
  for (let i = 0; i < 3; i++) askHalving(halving)
  tellHalving(halving, 0, 1)
  tellHalving(halving, 2, 2)
  expect(askHalving(halving)).toEqual({ kind: 'wait' })
  tellHalving(halving, 1, 3)
  expect(askHalving(halving)).toEqual({ kind: 'run', config: 0, budget: 3 })
  expect(() => tellHalving(halving, 7, 1)).toThrow('configuration 7 is not out')
})

test('what failed is not promoted, and a rung of failures ends its bracket', () => {
  expect(run(newHalving(plan, [6]), (config) => (config === 4 ? 1 : null)).slice(6)).toEqual(['4@3'])
  expect(run(newHalving(plan, [6, 3]), (config) => (config < 6 ? null : config)).slice(6)).toEqual(['6@1', '7@1', '8@1', '6@3'])
})

test('the last budget is not more than the most', () => {
  expect(run(newHalving({ least: 2, most: 5, factor: 2, mode: 'min' }, [4]), (config) => config)).toEqual([
    '0@2',
    '1@2',
    '2@2',
    '3@2',
    '0@4',
    '1@4',
    '0@5',
  ])
})
