// What an outside algorithm is asked and told, and what becomes of a search whose optimiser cannot be used.
import { expect, test } from 'vitest'
import type { TrialEnd } from '../../shared/model/trial.ts'
import { sweep } from './test-support.ts'
import { benches, statesOf, trialsOf } from './test-support-benches.ts'
import { asked } from './test-support-specs.ts'

const open = benches()

const failed: TrialEnd = { kind: 'failed', reason: 'failed: exit code 1', retry: 'exit' }

test('an outside algorithm is asked for a generation, and told it in the order of its trials', async () => {
  const bench = open({ play: () => null })
  await bench.submit(asked({ maxConcurrent: 3 }))
  await bench.until(() => bench.running.length === 3)
  for (const trial of [2, 0, 1]) bench.finish(trial, { kind: 'reported', values: [trial], warning: null })
  await bench.until(() => bench.running.length === 3)
  expect(bench.optimisers.map(({ log }) => log)).toEqual([['ask 3', 'tell 0 1 2', 'ask 3']])
  expect(trialsOf(bench)[3]?.params).toEqual([['x', { kind: 'float', value: expect.any(Number) }]])
})

test('without batch each end is told as it comes, failures and penalties as what they are', async () => {
  const bench = open({ play: () => null })
  await bench.submit(asked({ maxConcurrent: 2, batch: false, onFailure: { kind: 'penalty', value: 9 }, numSamples: 5 }))
  await bench.until(() => bench.running.length === 2)
  bench.finish(1, failed)
  await bench.until(() => bench.running.some(({ number }) => number === 2))
  bench.finish(0, { kind: 'reported', values: [3], warning: null })
  await bench.until(() => bench.running.some(({ number }) => number === 3))
  expect(bench.optimisers.map(({ log }) => log)).toEqual([['ask 2', 'tell 1', 'ask 1', 'tell 0', 'ask 1']])
  expect(bench.optimisers[0]?.told).toEqual([
    { trial: 1, penalty: 9 },
    { trial: 0, values: [3] },
  ])
})

test('ends that come while the optimiser is asked wait for its answer: it learns in the order of the history', async () => {
  const bench = open({ play: () => null })
  await bench.submit(asked({ maxConcurrent: 2, batch: false }))
  await bench.until(() => bench.running.length === 2)
  let answer = (): void => undefined
  bench.gate = new Promise<void>((resolve) => {
    answer = resolve
  })
  const good: TrialEnd = { kind: 'reported', values: [1], warning: null }
  bench.finish(0, good)
  await bench.until(() => bench.optimisers[0]?.log.at(-1) === 'ask 1')
  bench.finish(1, good)
  await bench.until(() => bench.head.jobset(sweep).counts.succeeded === 2)
  answer()
  await bench.until(() => bench.running.length === 2)
  expect(bench.events()).toEqual(['begun', 'suggested 0', 'suggested 1', 'ended 0', 'suggested 2', 'ended 1', 'suggested 3'])
})

test('an optimiser that has nothing left ends the search', async () => {
  const bench = open({ most: 3 })
  await bench.submit(asked({ maxConcurrent: 2 }))
  await bench.done()
  expect(statesOf(bench)).toEqual(['reported', 'reported', 'reported'])
  expect(bench.searches.search(sweep)).toMatchObject({ state: 'done', reason: 'exhausted', total: 3 })
  expect(bench.head.jobset(sweep).state).toBe('succeeded')
})

test('an optimiser that cannot be used fails the search with what to do, and goes on when it can', async () => {
  const bench = open()
  bench.refuse = { code: 'missing_program', message: 'optuna is not installed', hint: 'python3 -m pip install optuna' }
  await bench.submit(asked())
  await bench.done()
  const problem = { message: 'optuna is not installed', hint: 'python3 -m pip install optuna' }
  expect(bench.searches.search(sweep)).toMatchObject({ state: 'done', reason: 'failed', problem })
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'failed', reason: 'optuna is not installed' })
  bench.refuse = null
  expect(await bench.searches.retry(sweep, 'anna')).toBe(0)
  await bench.done()
  expect(bench.searches.search(sweep)).toMatchObject({ reason: 'complete', problem: null, counts: { reported: 6 } })
})

test('a stop while the optimiser is asked takes the question back, and the next process does not know of it', async () => {
  const bench = open()
  let answer = (): void => undefined
  bench.gate = new Promise<void>((resolve) => {
    answer = resolve
  })
  await bench.submit(asked({ maxConcurrent: 2 }))
  await bench.until(() => bench.optimisers[0]?.log.length === 1)
  expect(trialsOf(bench).map(({ trial, state, params }) => [trial, state, params])).toEqual([
    [0, 'asked', null],
    [1, 'asked', null],
  ])
  expect(bench.searches.search(sweep)).toMatchObject({ open: 2, total: 6 })
  await bench.searches.stop(sweep, false, 'anna')
  answer()
  bench.gate = null
  await bench.done()
  expect(trialsOf(bench)).toEqual([])
  await bench.searches.extend(sweep, 1, 'anna')
  await bench.done()
  expect(statesOf(bench)).toHaveLength(7)
  expect(new Set(statesOf(bench))).toEqual(new Set(['reported']))
})

test.each([true, false])('an optimiser that must know results first is told them and asked again: batch %s', async (batch) => {
  const bench = open()
  bench.ahead = 2
  await bench.submit(asked({ maxConcurrent: 3, batch, numSamples: 7 }))
  await bench.done()
  expect(statesOf(bench)).toEqual(new Array(7).fill('reported'))
  expect(bench.searches.search(sweep)).toMatchObject({ reason: 'complete', total: 7 })
})

test('a suggestion that the space does not have stops the search', async () => {
  const bench = open()
  bench.ahead = 1
  await bench.submit(asked({ params: [{ name: 'y', domain: { kind: 'float', low: 0, high: 1, log: false, step: null } }] }))
  await bench.done()
  expect(bench.searches.search(sweep)).toMatchObject({
    reason: 'failed',
    problem: { message: expect.stringContaining('y was suggested as') },
  })
})
