// Searches on a real store and loop, with a node and an optimiser that are played.
import { expect, test } from 'vitest'
import type { TrialEnd } from '../../shared/model/trial.ts'
import { sweep } from './test-support.ts'
import { benches, statesOf, trialsOf } from './test-support-benches.ts'
import { type Play, searchOf, square } from './test-support-specs.ts'

const open = benches()

const failed: TrialEnd = { kind: 'failed', reason: 'failed: exit code 1', retry: 'exit' }
const noResult: TrialEnd = { kind: 'no_result', reason: 'nothing came', retry: null }
const by =
  (ends: Readonly<Record<number, TrialEnd | null>>): Play =>
  (trial) => {
    const end = ends[trial.number]
    return end === undefined ? square(trial) : end
  }

test('a grid runs to its end in its order, and its jobset succeeds', async () => {
  const bench = open()
  await bench.submit(searchOf())
  await bench.done()
  expect(trialsOf(bench).map(({ label, state, values, attempts }) => [label, state, values, attempts])).toEqual([
    ['search_00000', 'reported', [0], 1],
    ['search_00001', 'reported', [1], 1],
    ['search_00002', 'reported', [4], 1],
    ['search_00003', 'reported', [9], 1],
  ])
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'succeeded', jobs: 4, counts: { succeeded: 4 } })
  expect(bench.searches.search(sweep)).toMatchObject({
    ...{ state: 'done', reason: 'complete', total: 4, open: 0, seed: 1, problem: null, counts: { reported: 4 } },
    best: { trial: 0, label: 'search_00000', values: [0] },
  })
})

test('no more jobs are made than may run at once, however large the grid, and the jobset counts those that will be', async () => {
  const bench = open({ play: () => null })
  const values = { kind: 'range', start: 0, step: 1, count: 100_000 } as const
  await bench.submit(searchOf({ params: [{ name: 'x', domain: { kind: 'grid', values } }] }))
  await bench.until(() => bench.running.length === 2)
  expect(bench.store.db.prepare('SELECT count(*) FROM job').pluck().get()).toBe(2)
  expect(bench.head.jobset(sweep).jobs).toBe(100_000)
  bench.finish(1, { kind: 'reported', values: [1], warning: null })
  await bench.until(() => bench.running.length === 2)
  expect(bench.running.map(({ number }) => number)).toEqual([0, 2])
  expect(statesOf(bench)).toEqual(['running', 'reported', 'running'])
})

test('as many at once as the grid has are made by and by', async () => {
  const bench = open({ connects: false })
  const values = { kind: 'range', start: 0, step: 1, count: 100_000 } as const
  await bench.submit(searchOf({ maxConcurrent: 100_000, params: [{ name: 'x', domain: { kind: 'grid', values } }] }))
  await bench.until(() => bench.events().length === 1)
  expect(bench.store.db.prepare('SELECT count(*) FROM job').pluck().get()).toBe(10_000)
})

test('ends come since a revision, in their order', async () => {
  const bench = open({ play: () => null })
  await bench.submit(searchOf({ maxConcurrent: 4 }))
  await bench.until(() => bench.running.length === 4)
  const good: TrialEnd = { kind: 'reported', values: [1], warning: null }
  for (const trial of [2, 0]) {
    bench.finish(trial, good)
    await bench.until(() => statesOf(bench)[trial] === 'reported')
  }
  const { trials } = bench.searches.trials(sweep, { after: -1, since: 0, limit: 1 })
  expect(trials.map(({ trial }) => trial)).toEqual([2])
  const since = trials[0]?.ended ?? 0
  expect(bench.searches.trials(sweep, { after: -1, since, limit: 10 }).trials.map(({ trial }) => trial)).toEqual([0])
  expect(bench.searches.search(sweep).revision).toBeGreaterThan(since)
})

test('trials without a result are failures, and one good one makes a good search', async () => {
  const bench = open({ play: by({ 0: failed, 2: noResult, 3: { kind: 'reported', values: [7], warning: 'failed: exit code 1' } }) })
  await bench.submit(searchOf())
  await bench.done()
  expect(statesOf(bench)).toEqual(['failed', 'reported', 'no_result', 'reported'])
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'succeeded', reason: null, counts: { succeeded: 2, failed: 2 } })
  const { jobs } = bench.head.jobs(sweep, { after: -1, limit: 10 })
  expect(jobs[2]).toMatchObject({ state: 'failed', outcome: { kind: 'failed', exitCode: 0 }, notices: ['no_result: nothing came'] })
  expect(jobs[3]?.notices).toEqual(['reported, though: failed: exit code 1'])
})

test('a search none of whose trials reported has failed', async () => {
  const bench = open({ play: () => failed })
  await bench.submit(searchOf())
  await bench.done()
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'failed', reason: 'no trial reported' })
})

test('a trial is tried again as its class says, and that is one trial', async () => {
  const { options } = searchOf()
  let runs = 0
  const play: Play = (trial) => (trial.number === 1 && ++runs < 3 ? failed : square(trial))
  const bench = open({ play })
  await bench.submit(searchOf({ options: { ...options, retries: { max: 2, on: ['exit'], backoff: 0 } } }))
  await bench.done()
  expect(trialsOf(bench).map(({ state, attempts }) => [state, attempts])).toEqual([
    ['reported', 1],
    ['reported', 3],
    ['reported', 1],
    ['reported', 1],
  ])
  expect(bench.events().filter((event) => event.startsWith('ended 1'))).toEqual(['ended 1'])
})

test('a trial that nothing would mend is not tried again', async () => {
  const { options } = searchOf()
  const bench = open({ play: by({ 1: noResult }) })
  await bench.submit(searchOf({ options: { ...options, retries: { max: 5, on: ['exit', 'lost', 'timeout', 'oom'], backoff: 0 } } }))
  await bench.done()
  expect(trialsOf(bench)[1]).toMatchObject({ state: 'no_result', attempts: 1 })
})

test('on_failure: stop starts nothing more after a failure', async () => {
  const bench = open({ play: by({ 1: failed }) })
  await bench.submit(searchOf({ maxConcurrent: 1, onFailure: { kind: 'stop' } }))
  await bench.done()
  expect(statesOf(bench)).toEqual(['reported', 'failed'])
  expect(bench.searches.search(sweep)).toMatchObject({ state: 'done', reason: 'failed', total: 2 })
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'failed', reason: expect.stringContaining('on_failure is stop') })
})

test('what a node finds broken stops the search and is shown', async () => {
  const bench = open({ play: () => null })
  await bench.submit(searchOf({ maxConcurrent: 1 }))
  await bench.until(() => bench.running.length === 1)
  const broken = { message: 'netpyne.batchtools cannot be imported', hint: 'pip install scikit-learn' }
  bench.finish(0, failed, { trial: { end: { ...failed, retry: null }, report: null, broken } })
  await bench.done()
  expect(statesOf(bench)).toEqual(['failed'])
  expect(bench.searches.search(sweep)).toMatchObject({ state: 'done', reason: 'failed', problem: broken })
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'failed', reason: broken.message })
})

test('a stop lets run what runs, or ends it, and a stopped search is a good one', async () => {
  const bench = open({ play: () => null })
  await bench.submit(searchOf())
  await bench.until(() => bench.running.length === 2)
  await bench.searches.stop(sweep, false, 'anna')
  expect(bench.searches.search(sweep)).toMatchObject({ state: 'closing', reason: 'stopped', open: 2 })
  bench.finish(0, { kind: 'reported', values: [1], warning: null })
  await bench.until(() => statesOf(bench)[0] === 'reported')
  expect(bench.running).toHaveLength(1)
  await bench.searches.stop(sweep, true, 'anna')
  await bench.done()
  expect(statesOf(bench)).toEqual(['reported', 'cancelled'])
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'succeeded', counts: { succeeded: 1, cancelled: 1 } })
})

test('killing the jobset ends its search, one trial only that trial', async () => {
  const bench = open({ play: () => null })
  await bench.submit(searchOf())
  await bench.until(() => bench.running.length === 2)
  const never = new AbortController().signal
  await bench.head.kill(sweep, ['search_00000'], 'anna', 5000, never)
  await bench.until(() => bench.running.length === 2)
  expect(statesOf(bench)).toEqual(['cancelled', 'running', 'running'])
  await bench.head.kill(sweep, null, 'anna', 5000, never)
  await bench.until(() => bench.searches.search(sweep).state === 'done')
  expect(statesOf(bench)).toEqual(['cancelled', 'cancelled', 'cancelled'])
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'cancelled', counts: { cancelled: 3 } })
})

test('a search that is done is extended, and goes on with its numbers', async () => {
  const bench = open()
  await bench.submit(searchOf())
  await bench.done()
  await bench.searches.extend(sweep, 1, 'anna')
  expect(bench.head.jobset(sweep).state).toBe('active')
  await bench.done()
  expect(trialsOf(bench).map(({ trial, values }) => [trial, values])).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n, [(n % 4) ** 2]]))
  expect(bench.searches.search(sweep)).toMatchObject({ total: 8, counts: { reported: 8 } })
  await expect(bench.searches.extend(sweep, 1_000_000, 'anna')).rejects.toMatchObject({ code: 'bad_request' })
})

test('failed trials run again in their jobs, whether the search is done or not', async () => {
  let good = false
  const bench = open({ play: (trial) => (trial.number % 2 === 1 && !good ? failed : square(trial)) })
  await bench.submit(searchOf())
  await bench.done()
  expect(statesOf(bench)).toEqual(['reported', 'failed', 'reported', 'failed'])
  good = true
  expect(await bench.searches.retry(sweep, 'anna')).toBe(2)
  await bench.done()
  expect(statesOf(bench)).toEqual(['reported', 'reported', 'reported', 'reported'])
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'succeeded', jobs: 4 })
  expect(trialsOf(bench).map(({ attempts }) => attempts)).toEqual([1, 2, 1, 2])
})

test('a build that fails everywhere stops the search, not every trial of it', async () => {
  const bench = open({ connects: false })
  await bench.submit(searchOf())
  await bench.until(() => trialsOf(bench).length === 2)
  bench.loop.effects.failJobs(sweep, 'make: no rule')
  await bench.done()
  expect(statesOf(bench)).toEqual(['failed', 'failed'])
  expect(bench.searches.search(sweep)).toMatchObject({ reason: 'failed', problem: { message: 'build failed: make: no rule' } })
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'failed', reason: 'build failed: make: no rule' })
})

test('a batch that comes after one that failed does not search', async () => {
  const bench = open()
  const old = `INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, spec, submitted_at, first_job, job_count)
     VALUES (9, 'o', 'o', 'lab', 'before', 'shell', ?, 'anna', '{}', 0, 1, 1)`
  bench.store.db.prepare(old).run('failed')
  await bench.submit(searchOf(), { after: ['before'] })
  const id = 10 as typeof sweep
  await bench.until(() => bench.head.jobset(id).state !== 'active')
  expect(bench.head.jobset(id)).toMatchObject({ state: 'failed', reason: "it comes after 'lab/before', which did not succeed" })
  expect(bench.searches.trials(id, { after: -1, limit: 10 }).trials).toEqual([])
})

test('max_fails stops the search with its jobset', async () => {
  const bench = open({ play: () => failed })
  await bench.submit(searchOf({ maxConcurrent: 1 }), { maxFails: { share: 0.5 } })
  await bench.until(() => bench.searches.search(sweep).state === 'done')
  await bench.until(() => bench.loop.core.jobsets.size === 0)
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'failed', reason: '2 jobs failed, and max_fails is 2' })
  // the third was on its way when the jobset was stopped: it ended as it began, and the search knows
  expect(statesOf(bench)).toEqual(['failed', 'failed', 'cancelled'])
})

test('a share in max_fails is one of all that are planned: more with an extension, no less after a stop, the same for the next head', async () => {
  const bench = open({ play: () => null })
  await bench.submit(searchOf({ maxConcurrent: 4 }), { maxFails: { share: 0.5 } })
  await bench.until(() => bench.running.length === 4)
  await bench.searches.extend(sweep, 1, 'anna')
  for (const trial of [0, 1, 2]) bench.finish(trial, failed)
  await bench.until(() => bench.running.length === 4)
  await bench.searches.stop(sweep, false, 'anna')
  expect(bench.searches.search(sweep)).toMatchObject({ total: 7 })
  bench.close()
  const next = open({ connects: false })
  expect([...next.loop.core.jobsets.values()]).toMatchObject([
    { cancelled: false, search: { planned: 8 }, facts: { maxFails: { share: 0.5 } } },
  ])
})

test('a scheduler that no node has is told once', async () => {
  const bench = open()
  await bench.submit(searchOf({ jobType: 'sge' }))
  await bench.done()
  expect(bench.searches.search(sweep).notices).toEqual([expect.stringContaining('job_type: sge')])
  await bench.searches.extend(sweep, 1, 'anna')
  await bench.done()
  expect(bench.searches.search(sweep).notices).toHaveLength(1)
})

test('a jobset without a search is told from one with', async () => {
  const bench = open()
  expect(bench.searches.has(sweep)).toBe(false)
  expect(() => bench.searches.search(sweep)).toThrow(expect.objectContaining({ code: 'no_search' }))
  await expect(bench.searches.extend(sweep, 1, 'anna')).rejects.toMatchObject({ code: 'no_search' })
})
