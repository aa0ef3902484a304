// The best trial and the Pareto front.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Metric } from '../model/search.ts'
import { best, dominates, paretoFront, type Scored } from './best.ts'

const loss: readonly Metric[] = [{ name: 'loss', mode: 'min' }]
const both: readonly Metric[] = [...loss, { name: 'rate', mode: 'max' }]

test('the best is the lowest or the highest, of equals the earliest number, whoever came first', () => {
  const rows: readonly Scored[] = [
    { trial: 2, values: [1] },
    { trial: 0, values: [3] },
    { trial: 1, values: [1] },
  ]
  const over = (metrics: readonly Metric[]) => rows.reduce<Scored | null>((found, row) => best(found, row, metrics), null)
  expect(over(loss)).toEqual({ trial: 1, values: [1] })
  expect(over([{ name: 'loss', mode: 'max' }])).toEqual({ trial: 0, values: [3] })
  expect(best(null, { trial: 4, values: [] }, [])).toEqual({ trial: 4, values: [] })
})

test('the front of two metrics, one to lower and one to raise', () => {
  const values = [
    [1, 1],
    [2, 5],
    [3, 4],
    [1, 0],
    [0, 0],
    [2, 5],
  ]
  const rows = values.map((row, trial) => ({ trial, values: row }))
  expect(paretoFront(rows, both).map(({ trial }) => trial)).toEqual([0, 1, 4, 5])
})

test('whatever the order: what is on the front is dominated by nothing, everything else by something on it', () => {
  const row = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 2 })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (values, order) => {
      const rows = values.map((one, trial) => ({ trial, values: one, key: order.next().value ?? 0 })).sort((a, b) => a.key - b.key)
      const front = paretoFront(rows, both)
      const on = new Set(front.map(({ trial }) => trial))
      for (const { trial, values: one } of rows) {
        expect(front.some((other) => dominates(other.values, one, both))).toBe(!on.has(trial))
      }
      expect([...on]).toEqual([...on].sort((a, b) => a - b))
    }),
  )
})
