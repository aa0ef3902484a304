import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SearchReply } from '../../shared/api/types.ts'
import { dominates } from '../../shared/search/best.ts'
import { addSearch, reported, trialReply } from '../test-support/fake-searches.ts'
import { FakeState } from '../test-support/fake-state.ts'
import { compileSelection, type SelectOptions, selectRows } from './select-rows.ts'
import { trialRow } from './trial-row.ts'

const loss: SearchReply['metrics'] = [{ name: 'loss', mode: 'min' }]
const both: SearchReply['metrics'] = [...loss, { name: 'rate', mode: 'max' }]

/** `values` by trial; null for one that failed, undefined for one that runs */
async function select(
  values: readonly (readonly number[] | null | undefined)[],
  options: SelectOptions,
  metrics = loss,
): Promise<number[]> {
  const trials = values.map((row, i) => {
    const params: [string, { kind: 'int'; value: number }][] = [['n', { kind: 'int', value: (i * 3) % 7 }]]
    if (row === undefined) return trialReply(i, { state: 'running', params })
    if (row === null) return trialReply(i, { state: 'failed', ended: i + 1, params })
    return reported(i, row, JSON.stringify({ loss: row[0], rate: row[1] }), { params })
  })
  const { reply } = addSearch(new FakeState(), 1, trials, { metrics })
  async function* rows() {
    for (const trial of trials) yield trialRow(trial)
  }
  const found: number[] = []
  for await (const { trial } of selectRows(rows(), compileSelection(options, reply), reply)) found.push(trial.trial)
  return found
}

const values = [[5], [1], null, [3], undefined, [1], [9]] as const

test('without a wish all come, in their order', async () => {
  expect(await select(values, {})).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(await select(values, { failed: true })).toEqual([2])
  expect(await select(values, { where: 'loss < 4' })).toEqual([1, 3, 5])
})

test('the best first by a metric, of equals the lower number, those without last, - turns it round', async () => {
  expect(await select(values, { sort: 'loss' })).toEqual([1, 5, 3, 0, 6, 2, 4])
  expect(await select(values, { sort: '-loss' })).toEqual([6, 0, 3, 1, 5, 2, 4])
  expect(await select(values, { sort: 'loss' }, [{ name: 'loss', mode: 'max' }])).toEqual([6, 0, 3, 1, 5, 2, 4])
  // n is 0 3 6 2 5 1 4
  expect(await select(values, { sort: 'n' })).toEqual([0, 5, 3, 1, 6, 4, 2])
  expect(await select(values, { sort: 'state' })).toEqual([2, 0, 1, 3, 5, 6, 4])
})

test('so many of the best, of those that fit', async () => {
  expect(await select(values, { best: '2' })).toEqual([1, 5])
  expect(await select(values, { best: '3', where: 'n != 3' })).toEqual([5, 3, 0])
  expect(await select(values, { best: '2', sort: '-n' })).toEqual([6, 1])
})

test('what cannot be is refused', async () => {
  await expect(select(values, { best: '0' })).rejects.toThrow('--best 0 is no count')
  await expect(select(values, { best: '1', failed: true })).rejects.toThrow('--failed are trials without a result')
  await expect(select([], { pareto: true }, [])).rejects.toThrow('this search has no metric')
})

test('the front holds those that nothing dominates, whatever came first; of many the best are those of a full sort', async () => {
  const number = fc.integer({ min: 0, max: 4 })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(number, number), { maxLength: 25 }), async (rows) => {
      const free = rows.flatMap((row, i) => (rows.some((other) => dominates(other, row, both)) ? [] : [i]))
      expect(await select(rows, { pareto: true }, both)).toEqual(free)
    }),
  )
  const many = Array.from({ length: 5000 }, (_, i) => [(i * 7919) % 5003])
  expect(await select(many, { best: '10' })).toEqual((await select(many, { sort: 'loss' })).slice(0, 10))
})
