// Searches from the file to the table of trials, with real programs: order, numbers, generations, and a head that is killed.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasOptimisers, suggestPython } from '../../scripts/setup/suggest.mjs'
import type { SearchReply, TrialReply } from '../../shared/api/types.ts'
import { plain } from '../../shared/model/value.ts'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { ended, findJobset, jobsOf } from '../support/jobset-state.ts'
import { skipOrFail } from '../support/needs.ts'
import { until } from '../support/until.ts'

let head: Head
beforeAll(async () => {
  head = await startHead({ flags: ['--python', suggestPython] })
  mkdirSync(join(head.root, 'jobs'))
  await startAgent(head, { name: 'node-a', cores: 4, flags: ['--slots', '4'] })
})
afterAll(() => head?.stop())

/** sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2 */
const rosenbrock = `import json
params = json.load(open('input/params.json'))
x = params.get('x0_x1') or params.get('x') or [value for name, value in params.items()]
loss = sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))
json.dump({'loss': loss}, open('distribute_save/results.json', 'w'))
`

/** Writes and adds a search that runs this script. */
async function add(batch: string, search: string, script = rosenbrock): Promise<void> {
  const folder = join(head.root, 'jobs')
  writeFileSync(join(folder, `${batch}.py`), script)
  const file = join(folder, `${batch}.yaml`)
  writeFileSync(file, `meta: {batch_name: ${batch}, namespace: test}\npython:\nsearch:\n  file: ${batch}.py\n${search}`)
  await distOk(head, ['add', file])
}

async function searchOf(batch: string): Promise<SearchReply> {
  return head.api<SearchReply>('GET', `/jobsets/${(await findJobset(head, batch)).id}/search`)
}

async function trialsOf(batch: string): Promise<readonly TrialReply[]> {
  const { id } = await findJobset(head, batch)
  return (await head.api<{ trials: TrialReply[] }>('GET', `/jobsets/${id}/search/trials?limit=10000`)).trials
}

const valuesOf = (trials: readonly TrialReply[]) => trials.map(({ values }) => values?.[0])
const paramsOf = (trials: readonly TrialReply[]) => trials.map(({ params }) => params?.map(([, value]) => plain(value)))

test('a grid gives its numbers in the order of the document, and every part of the command line knows it', async () => {
  await add('grid', '  params: {x0: [0, 3], x1: [0, 3]}\n  max_concurrent: 4\n')
  expect(await ended(head, 'grid')).toMatchObject({ state: 'succeeded', jobs: 4 })
  const trials = await trialsOf('grid')
  expect(valuesOf(trials)).toEqual([1, 901, 8104, 3604])
  expect(trials.map(({ label, state, report }) => [label, state, report?.source])).toEqual(
    [0, 1, 2, 3].map((number) => [`search_0000${number}`, 'reported', 'results']),
  )
  expect(await searchOf('grid')).toMatchObject({ state: 'done', reason: 'complete', total: 4, best: { trial: 0, values: [1] } })
  expect(await distOk(head, ['jobs', 'test/grid'])).toContain('search_00003')
  expect(await distOk(head, ['show', 'test/grid'])).toContain('4 of 4 jobs done')
  expect(await distOk(head, ['wait', 'test/grid'])).toBeDefined()
  await distOk(head, ['pull', 'test/grid', '--save-dir', join(head.root, 'pulled')])
  expect(await distOk(head, ['status', '--all'])).toContain('4/4')
  await distOk(head, ['verify'])
  await distOk(head, ['search', 'extend', 'test/grid', '--num-samples', '+1'])
  expect(await ended(head, 'grid')).toMatchObject({ state: 'succeeded', jobs: 8 })
  expect(valuesOf(await trialsOf('grid'))).toEqual([1, 901, 8104, 3604, 1, 901, 8104, 3604])
})

test('values that belong together, and lists with a name for each place', async () => {
  await add('coupled', '  params: {x0_x1: {coupled: [[0, 0], [1, 1], [2, 4]]}}\n')
  await add('nested', '  params: {xn.0: {range: 5}, xn.1: {range: 5}}\n  max_concurrent: 8\n')
  await ended(head, 'coupled')
  expect(valuesOf(await trialsOf('coupled'))).toEqual([1, 0, 1])
  await ended(head, 'nested')
  const trials = await trialsOf('nested')
  expect(trials).toHaveLength(25)
  expect(paramsOf(trials)).toEqual(Array.from({ length: 25 }, (_, trial) => [Math.floor(trial / 5), trial % 5]))
  expect(trials.every(({ state }) => state === 'reported')).toBe(true)
})

test('num_samples repeats the whole grid', async () => {
  await add('twice', '  params: {x0: [0, 3], x1: [0, 1, 2]}\n  num_samples: 2\n  max_concurrent: 4\n')
  await ended(head, 'twice')
  const grid = [
    [0, 0],
    [0, 1],
    [0, 2],
    [3, 0],
    [3, 1],
    [3, 2],
  ]
  expect(paramsOf(await trialsOf('twice'))).toEqual([...grid, ...grid])
})

/** Waits until a file of its number is there. */
const gated = (): string => `import json, os, time
x = json.load(open('input/params.json'))['x']
while not os.path.exists(os.path.join(${JSON.stringify(head.root)}, f'go-{os.environ["BATCH"]}-{x}')): time.sleep(0.02)
print(f'DIST_METRIC loss={x}')
`

test.each([true, false])('batch: %s is obeyed', async (batch) => {
  const name = `batch-${batch}`
  const go = (trial: number) => writeFileSync(join(head.root, `go-${name}-${trial}`), '')
  const search = `  params: {x: {range: 4}}\n  max_concurrent: 2\n  batch: ${batch}\n  env: {BATCH: ${name}}\n`
  await add(name, search, gated())
  const states = async () => Object.fromEntries((await trialsOf(name)).map(({ trial, state }) => [trial, state]))
  await until('two trials run', async () => Object.values(await states()).filter((state) => state === 'running').length === 2, {
    report: head.report,
  })
  go(0)
  await until('the first trial ended', async () => (await states())[0] === 'reported', { report: head.report })
  if (batch) {
    // the step that wrote the end down would have opened the next one
    expect(await states()).toEqual({ 0: 'reported', 1: 'running' })
    go(1)
    await until('the next generation runs', async () => Object.keys(await states()).length === 4, { report: head.report })
  } else expect(Object.keys(await states())).toEqual(['0', '1', '2'])
  for (const trial of [1, 2, 3]) go(trial)
  expect((await ended(head, name)).state).toBe('succeeded')
})

test('a trial that fails, one that reports nothing, and a stop', async () => {
  const script = `import json, os, sys
x = json.load(open('input/params.json'))['x']
if x == 1: sys.exit(7)
if x == 2: sys.exit(0)
print('DIST_METRIC loss=1', flush=True)
if x == 3: sys.exit(1)
`
  await add('bad', '  params: {x: {range: 4}}\n  max_concurrent: 4\n', script)
  expect((await ended(head, 'bad')).state).toBe('succeeded')
  const trials = await trialsOf('bad')
  expect(trials.map(({ state, exitCode }) => [state, exitCode])).toEqual([
    ['reported', 0],
    ['failed', 7],
    ['no_result', 0],
    ['reported', 1],
  ])
  expect(trials[3]?.warning).toBe('failed: exit code 1')
  expect((await jobsOf(head, 'bad')).map(({ state }) => state)).toEqual(['succeeded', 'failed', 'failed', 'succeeded'])
})

test('a trial has its log, is killed alone, and runs again with the others that failed', async () => {
  const script = `import json, os, sys, time
x = json.load(open('input/params.json'))['x']
print(f'this is {x}', flush=True)
if x == 1 and not os.path.exists(${JSON.stringify(join(head.root, 'go-steered'))}): time.sleep(600)
print('DIST_METRIC loss=1')
`
  await add('steered', '  params: {x: {range: 3}}\n  max_concurrent: 3\n', script)
  await until('two trials ended', async () => (await searchOf('steered')).counts.reported === 2, { report: head.report })
  expect(await distOk(head, ['logs', 'test/steered/search_00002'])).toContain('this is 2')
  await until('the other has begun', async () => (await distOk(head, ['logs', 'test/steered/search_00001'])).includes('this is 1'))
  await distOk(head, ['kill', 'test/steered/search_00001'])
  expect((await ended(head, 'steered')).state).toBe('succeeded')
  expect((await trialsOf('steered'))[1]).toMatchObject({ state: 'cancelled', values: null })
  const waited = await dist(head, ['wait', 'test/steered'])
  expect([waited.code, waited.stdout]).toEqual([0, expect.stringContaining('2 of 3 jobs succeeded, 1 cancelled')])
  writeFileSync(join(head.root, 'go-steered'), '')
  expect((await dist(head, ['retry', 'test/steered/search_00001'])).stderr).toContain('run again together')
  expect(await distOk(head, ['retry', 'test/steered'])).toContain('1 job will run again')
  expect(await distOk(head, ['wait', 'test/steered'])).toContain('all 3 jobs succeeded')
  expect((await trialsOf('steered')).map(({ attempts }) => attempts)).toEqual([1, 2, 1])
})

test('optuna goes on as if nothing had happened when the head is killed', async (context) => {
  if (!hasOptimisers()) skipOrFail(context, 'the optimisers are not installed: node scripts/setup.mjs --tests')
  const search = `  algorithm: optuna
  params: {x0: {uniform: [-2, 2]}, x1: {uniform: [-2, 2]}}
  num_samples: 40
  max_concurrent: 4
  seed: 1
`
  await add('undisturbed', search)
  await ended(head, 'undisturbed', 120_000)
  const undisturbed = await trialsOf('undisturbed')
  expect(undisturbed).toHaveLength(40)
  await add('killed', search)
  for (const count of [6, 17, 29]) {
    await until(`${count} trials ended`, async () => (await searchOf('killed')).counts.reported >= count, {
      within: 60_000,
      report: head.report,
    })
    await head.kill('SIGKILL')
    await head.restart()
  }
  await ended(head, 'killed', 120_000)
  const killed = await trialsOf('killed')
  expect(paramsOf(killed)).toEqual(paramsOf(undisturbed))
  expect(valuesOf(killed)).toEqual(valuesOf(undisturbed))
  expect(killed.map(({ attempts }) => attempts)).toEqual(killed.map(() => 1))
  expect(new Set(valuesOf(killed)).size).toBe(40)
}, 300_000)

test('without its package a search fails and says what to install', async (context) => {
  if (!hasOptimisers()) skipOrFail(context, 'the optimisers are not installed: node scripts/setup.mjs --tests')
  await add('lacking', '  algorithm: zoopt\n  params: {x0: {uniform: [0, 1]}, x1: {uniform: [0, 1]}}\n  num_samples: 3\n')
  const { code, stdout, stderr } = await dist(head, ['wait', 'test/lacking'])
  expect(code).toBe(1)
  expect(stdout + stderr).toContain('zoopt')
  expect((await searchOf('lacking')).problem).toMatchObject({ hint: expect.stringMatching(/-m pip install zoopt$/) })
})
