// `dist search` against a fake head: extending, stopping, running again, and importances by a real Python.
import { chmodSync, writeFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { hasOptimisers, suggestPython } from '../../scripts/setup/suggest.mjs'
import { skipOrFail } from '../../test/support/needs.ts'
import type { FakeHead } from '../test-support/fake-head.ts'
import { addSearch, type FakeSearch, reported } from '../test-support/fake-searches.ts'
import { type DistRun, runDist, type TestFolder } from '../test-support/run-dist.ts'
import { addFrontScene, addSearchScene } from '../test-support/search-scene.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder
let tune: FakeSearch
let aims: FakeSearch
withFakeHead((newHead, newFolder) => {
  head = newHead
  folder = newFolder
})
beforeEach(() => {
  tune = addSearchScene(head)
  aims = addFrontScene(head)
})

function dist(...argv: readonly string[]): Promise<DistRun> {
  return runDist(argv, { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: head.token } })
}

function writeFile(params: string): void {
  const search = `search: {command: 'true', algorithm: lhs, params: ${params}, metric: [f1, f2]}`
  writeFileSync(folder.join('jobs.yaml'), `meta: {batch_name: two_aims, namespace: anna}\nshell:\n${search}\n`)
}

test.each(['+100', '100'])('extend by %s adds so many, once', async (samples) => {
  const { code, stdout } = await dist('search', 'extend', 'two_aims', '--num-samples', samples)
  expect([code, stdout]).toEqual([0, 'anna/two_aims: 112 trials in all, 12 of them done\n'])
  expect(aims.asked.extended).toBe(100)
})

test('an extension whose answer is lost is sent once, and it is said that it may have been added', async () => {
  head.fault = (route) => (route === 'extendSearch' ? 'after' : 'none')
  const { code, stderr } = await dist('search', 'extend', 'two_aims', '--num-samples', '+5')
  expect([code, stderr]).toEqual([1, expect.stringContaining('whether anna/two_aims was extended is not known')])
  expect(stderr).toContain('dist search show anna/two_aims')
  expect(aims.asked.extended).toBe(5)
})

test('a file with the same space extends, with another one only by force, and the search is that of the file', async () => {
  writeFile('{x: {uniform: [0.0, 3]}}')
  expect((await dist('search', 'extend', '-f', 'jobs.yaml', '--num-samples', '+1')).code).toBe(0)
  writeFile('{x: {uniform: [0, 4]}, y: 3}')
  const refused = await dist('search', 'extend', '-f', 'jobs.yaml', '--num-samples', '+1')
  expect([refused.code, refused.stdout]).toEqual([
    2,
    'anna/two_aims and jobs.yaml differ:\n- x: {uniform: [0, 3]}\n+ x: {uniform: [0, 4]}\n+ y: 3\n',
  ])
  expect(aims.asked.extended).toBe(1)
  const forced = await dist('search', 'extend', '-f', 'jobs.yaml', '--num-samples', '+1', '--force')
  expect([forced.code, aims.asked.extended]).toEqual([0, 2])
  expect(forced.stderr).toContain('anna/two_aims keeps the parameters that it has')
  writeFileSync(folder.join('jobs.yaml'), 'meta: {batch_name: two_aims, namespace: anna}\nshell: {jobs: [{name: a, run: "true"}]}\n')
  expect((await dist('search', 'extend', '-f', 'jobs.yaml', '--num-samples', '+1')).stderr).toContain('jobs.yaml has no search')
})

test('stop leaves what runs, --cancel does not', async () => {
  expect((await dist('search', 'stop', 'ca3_tune')).stdout).toContain('3 trials at work will end and count')
  expect(tune.asked.stopped).toBe('wait')
  await dist('search', 'stop', 'ca3_tune', '--cancel')
  expect(tune.asked.stopped).toBe('cancel')
})

test('dist retry of a search runs its trials again, as dist search retry does', async () => {
  expect((await dist('search', 'retry', 'ca3_tune', '--failed')).stdout).toBe('anna/ca3_tune: 2 trials will run again\n')
  expect(tune.asked.retried).toBe(2)
  expect((await dist('search', 'retry', 'two_aims')).code).toBe(1)
})

test('a jobset without a search is none for any of them', async () => {
  head.state.addJobset('anna', 'plain')
  for (const argv of [['show'], ['stop'], ['retry'], ['extend', '--num-samples', '+1'], ['importance']] as const) {
    const [verb, ...rest] = argv
    const { code, stderr } = await dist('search', verb, 'plain', ...rest)
    expect([verb, code, stderr]).toEqual([verb, 1, expect.stringContaining('that jobset has no search')])
  }
})

/** loss follows from x alone; n and the name are noise, k stands still. */
function addKnown(): void {
  const trials = Array.from({ length: 60 }, (_, i) => {
    const x = ((i * 37) % 60) / 10
    const params = [
      ['x.a->b', { kind: 'float', value: x }],
      ['n', { kind: 'int', value: (i * 7) % 5 }],
      ['name', { kind: 'text', value: i % 3 === 0 ? 'a' : 'b' }],
      ['k', { kind: 'int', value: 4 }],
    ] as never
    return reported(i, [(x - 2) ** 2], `{"loss": ${(x - 2) ** 2}}`, { params })
  })
  addSearch(head.state, 6, trials)
}

test('importances of a known function, by optuna', async (context) => {
  if (!hasOptimisers()) skipOrFail(context, 'the optimisers are not installed: node scripts/setup.mjs --tests')
  addKnown()
  const { stdout, stderr } = await dist('search', 'importance', 'ca3_tune', '--python', suggestPython, '--json')
  expect(stderr).toBe('')
  const { metric, trials, importances } = JSON.parse(stdout) as {
    metric: string
    trials: number
    importances: { name: string; importance: number }[]
  }
  expect([metric, trials, importances.map(({ name }) => name)[0]]).toEqual(['loss', 60, 'x.a->b'])
  expect(importances.reduce((sum, one) => sum + one.importance, 0)).toBeCloseTo(1)
  expect(importances[0]?.importance).toBeGreaterThan(0.8)
  expect(importances.find(({ name }) => name === 'k')?.importance).toBe(0)
  expect(importances).toHaveLength(4)
  const again = await dist('results', 'ca3_tune', '--importance', '--python', suggestPython, '--json')
  expect(again.stdout).toBe(stdout)
})

test('too little to explain is said', async (context) => {
  if (!hasOptimisers()) skipOrFail(context, 'the optimisers are not installed: node scripts/setup.mjs --tests')
  addKnown()
  const where = (expression: string) => dist('search', 'importance', 'ca3_tune', '--python', suggestPython, '--where', expression)
  expect((await where('trial < 3')).stderr).toContain('importances want at least 4 trials with a result, there are 3')
  expect((await where('trial >= 0 and k == 5')).stderr).toContain('there are 0')
})

test('a Python without the packages is told with the line that installs them; one that is no Python too', async () => {
  writeFileSync(folder.join('bare'), '#!/bin/sh\nexec /usr/bin/python3 -S -E "$@"\n')
  writeFileSync(folder.join('none'), '#!/bin/sh\nexit 3\n')
  for (const name of ['bare', 'none']) chmodSync(folder.join(name), 0o755)
  const bare = await dist('search', 'importance', 'two_aims', '--python', './bare')
  expect(bare.code).toBe(2)
  expect(bare.stderr).toMatch(/^dist: importance needs the package optuna scikit-learn, and \S+ cannot import it: ModuleNotFoundError/)
  expect(bare.stderr).toMatch(/name another Python with --python: \S+ -m pip install optuna scikit-learn\n$/)
  expect((await dist('search', 'importance', 'two_aims', '--python', './none')).stderr).toContain(
    './none ended with status 3 and without an answer',
  )
  expect((await dist('search', 'importance', 'two_aims', '--python', './absent')).stderr).toContain('cannot start ./absent')
})
