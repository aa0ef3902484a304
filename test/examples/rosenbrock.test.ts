// examples/rosenbrock for real: five searches with known answers, looked at by `dist results` and changed by `dist search`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasOptimisers, suggestPython } from '../../scripts/setup/suggest.mjs'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { skipOrFail } from '../support/needs.ts'
import { root } from '../support/programs.ts'

interface Row {
  readonly trial: number
  readonly label: string
  readonly state: string
  readonly params: Readonly<Record<string, unknown>>
  readonly metrics: Readonly<Record<string, number>>
  readonly data: Readonly<Record<string, unknown>>
}

const file = (name: string): string => join(root, 'examples/rosenbrock', name)

let head: Head
beforeAll(async () => {
  head = await startHead({ flags: ['--python', suggestPython] })
  await startAgent(head, { name: 'node-a', cores: 4, flags: ['--slots', '4'] })
  for (const name of ['grid', 'coupled', 'nested', 'multi-objective']) await distOk(head, ['add', file(`${name}.yaml`)])
}, 60_000)
afterAll(() => head?.stop())

/** Of a search that is done. */
async function rows(batch: string, ...flags: readonly string[]): Promise<readonly Row[]> {
  await distOk(head, ['wait', `examples/${batch}`], { within: 90_000 })
  const text = await distOk(head, ['results', `examples/${batch}`, '--json', ...flags])
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}

const losses = (found: readonly Row[]) => found.map(({ metrics }) => metrics['loss'])

test('the grid in the order of the file', async () => {
  const found = await rows('rosenbrock_grid')
  expect(losses(found)).toEqual([1, 901, 8104, 3604])
  expect(found.map(({ params }) => [params['x0'], params['x1']])).toEqual([
    [0, 0],
    [0, 3],
    [3, 0],
    [3, 3],
  ])
})

test('lists and summaries know how far a search is and what is best', async () => {
  await rows('rosenbrock_grid')
  const { jobsets } = JSON.parse(await distOk(head, ['status', '--all', '--json'])) as {
    jobsets: readonly { batch: string; search?: unknown }[]
  }
  const best = { label: 'search_00000', values: [1] }
  expect(jobsets.find(({ batch }) => batch === 'rosenbrock_grid')?.search).toEqual({
    total: 4,
    ended: 4,
    reported: 4,
    metrics: ['loss'],
    best,
  })
  expect(await distOk(head, ['wait', 'examples/rosenbrock_grid'])).toContain('best loss 1 by search_00000')
  expect(await distOk(head, ['show', 'examples/rosenbrock_grid'])).toContain('4 of 4 trials done, best loss 1 by search_00000')
  expect(await distOk(head, ['search', 'show', 'examples/rosenbrock_grid'])).toMatch(/state +done\nprogress .* 100 %, 4 of 4 trials done/)
})

test('coupled values stay together', async () => {
  const found = await rows('rosenbrock_coupled')
  expect(losses(found)).toEqual([1, 0, 1])
  expect(found.map(({ params }) => params['x0_x1'])).toEqual([
    [0, 0],
    [1, 1],
    [2, 4],
  ])
})

test('dotted names are columns of the csv, floats stay floats, and every trial has its line', async () => {
  await rows('rosenbrock_nested')
  const lines = (await distOk(head, ['results', 'examples/rosenbrock_nested', '--csv'])).trimEnd().split('\r\n')
  expect(lines[0]).toBe('trial_label,trial_path,config/xn.0,config/xn.1,loss')
  expect(lines).toHaveLength(26)
  expect(lines[1]).toBe('search_00000,rosenbrock_nested/search_00000,0,0.0,1')
  expect(lines[8]).toBe('search_00007,rosenbrock_nested/search_00007,1,2.0,100')
  expect(losses(await rows('rosenbrock_nested', '--best', '3'))).toEqual([0, 1, 1])
  expect(await distOk(head, ['results', 'examples/rosenbrock_nested', '--output', 'nested.parquet'])).toBe(
    'wrote nested.parquet: 25 trials of examples/rosenbrock_nested\n',
  )
  expect(readFileSync(join(head.root, 'nested.parquet'), 'latin1')).toMatch(/^PAR1.*PAR1$/s)
  const some = await rows('rosenbrock_nested', '--where', 'loss < 100 and `xn.1` > 1')
  expect(some.map(({ params }) => [params['xn.0'], params['xn.1']])).toEqual([[2, 4]])
})

test('the front of two aims: nothing on it is dominated, and it is drawn', async () => {
  const all = await rows('rosenbrock_two_aims')
  const front = await rows('rosenbrock_two_aims', '--pareto')
  const aims = ({ metrics }: Row) => [metrics['valley'] ?? 0, metrics['distance'] ?? 0] as const
  const isDominated = (row: Row): boolean =>
    all.some((other) => aims(other).every((value, k) => value <= (aims(row)[k] ?? 0)) && aims(other).join() !== aims(row).join())
  expect(all).toHaveLength(40)
  expect(front.length).toBeGreaterThan(1)
  expect(front.map(({ trial }) => trial)).toEqual(all.filter((row) => !isDominated(row)).map(({ trial }) => trial))
  expect(all.map(({ data }) => typeof data['in_valley'])).toEqual(all.map(() => 'boolean'))
  const said = await distOk(head, ['results', 'examples/rosenbrock_two_aims', '--plot', 'front.svg'])
  expect(said).toBe('wrote front.svg: 40 trials of examples/rosenbrock_two_aims\n')
  expect(readFileSync(join(head.root, 'front.svg'), 'utf8')).toContain(`Pareto front: ${front.length} of 40 trials`)
})

test('an optimiser gets into the valley; its search is followed, explained, extended and keeps its space', async (context) => {
  if (!hasOptimisers()) skipOrFail(context, 'the optimisers are not installed: node scripts/setup.mjs --tests')
  await distOk(head, ['add', file('optuna.yaml')])
  const watched = await distOk(head, ['results', 'examples/rosenbrock_optuna', '--watch', '--json'], { within: 90_000 })
  const seen = watched
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
  expect(seen.map(({ trial }) => trial).sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, trial) => trial))
  const ordered = seen.toSorted((a, b) => a.trial - b.trial)
  expect(await rows('rosenbrock_optuna')).toEqual(ordered)
  const best = (part: readonly Row[]) => Math.min(...part.map(({ metrics }) => metrics['loss'] ?? Infinity))
  expect(best(ordered)).toBeLessThan(best(ordered.slice(0, 4)))
  const importance = await distOk(head, ['search', 'importance', 'examples/rosenbrock_optuna', '--python', suggestPython, '--json'])
  const { importances } = JSON.parse(importance) as { importances: readonly { name: string; importance: number }[] }
  expect(importances.map(({ name }) => name).sort()).toEqual(['x0', 'x1'])
  expect(importances.reduce((sum, one) => sum + one.importance, 0)).toBeCloseTo(1)

  const changed = join(head.root, 'rosenbrock.yaml')
  writeFileSync(join(head.root, 'rosenbrock.py'), '')
  writeFileSync(changed, readFileSync(file('optuna.yaml'), 'utf8').replace('[-1, 3]', '[-1, 4]'))
  const extend = ['search', 'extend', 'examples/rosenbrock_optuna', '--num-samples', '+2']
  const refused = await dist(head, [...extend, '-f', changed])
  expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining('- x1: {uniform: [-1, 3]}\n+ x1: {uniform: [-1, 4]}\n')])
  expect(await distOk(head, [...extend, '-f', file('optuna.yaml')])).toContain('26 trials in all, 24 of them done')
  const more = await rows('rosenbrock_optuna')
  expect(more.slice(0, 24)).toEqual(ordered)
  expect(more.map(({ state }) => state)).toEqual(more.map(() => 'reported'))
  expect(more).toHaveLength(26)
}, 180_000)
