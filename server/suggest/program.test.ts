// python/dist_suggest by its lines (docs/suggest-protocol.md): what it refuses and how it says so, what it does with results and points.
import { execFile, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { packageRoot } from '../../shared/base/package-info.ts'
import type { Json } from './protocol.ts'
import type { SuggestCommand } from './suggest-command.ts'
import { suggestCommand } from './suggest-command.ts'
import { probeAlgorithms } from './suggester.ts'
import { never, realCommand, search } from './test-support.ts'

const plain = suggestCommand('/usr/bin/python3', { PATH: '/usr/bin:/bin' })
const x = { name: 'x', kind: 'float', low: 0, high: 1 }

type Lines = readonly {
  readonly id: number | null
  readonly ok?: Record<string, Json>
  readonly error?: { code: string; message: string; hint: string }
}[]

/** What a process answers to these requests, which are all there before it starts to answer. */
function say(command: SuggestCommand, requests: readonly (Readonly<Record<string, unknown>> | string)[]): Lines {
  const input = requests.map((request, id) => (typeof request === 'string' ? request : JSON.stringify({ id, ...request }))).join('\n')
  const { stdout, stderr, status } = spawnSync(command.file, command.args, { input, env: command.env, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const open = (over: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({ op: 'open', ...search(), ...over })
const errors = (lines: Lines): readonly string[] =>
  lines.map(({ error }) => (error === undefined ? 'ok' : `${error.code}: ${error.message}`))

test('every mistake in a request is named', () => {
  const spaces = [
    [],
    [{ kind: 'float' }],
    [{ ...x, kind: 'uniform' }],
    [{ ...x, low: 2 }],
    [{ ...x, log: true }],
    [{ ...x, high: 'much' }],
    [{ ...x, kind: 'int', step: 0.5 }],
    [{ ...x, sd: 1 }],
    [x, x],
    [{ name: 'c', kind: 'choice', values: [] }],
  ]
  expect(errors(say(plain, ['{', '[]', { op: 'fly' }, { op: 'ask', n: 1 }, ...spaces.map((space) => open({ space }))]))).toEqual([
    expect.stringContaining('bad_request: a line is no JSON'),
    'bad_request: a request is no map',
    'bad_request: there is no op "fly"',
    'bad_request: ask before open',
    'bad_space: `space` is no list of parameters, or an empty one',
    expect.stringContaining('bad_space: a parameter without name'),
    "bad_space: parameter x: kind 'uniform' is none of float, int, normal, choice, grid",
    'bad_space: parameter x: low <= high, step > 0, and with log low > 0',
    'bad_space: parameter x: low <= high, step > 0, and with log low > 0',
    'bad_space: parameter x: high is no finite number',
    'bad_space: parameter x: low, high and step of an int are whole numbers',
    'bad_space: parameter x: float has no key sd',
    'bad_space: parameter x is there twice',
    'bad_space: parameter c: `values` is no list, or an empty one',
  ])
})

test('an algorithm that is gone, unknown or not installed says what to do', () => {
  const [sigopt, typo, absent, hello] = say(plain, [
    open({ algorithm: 'sigopt' }),
    open({ algorithm: 'optunna' }),
    open({ algorithm: 'zoopt', space: [x] }),
    { op: 'hello', import: ['zoopt'] },
  ])
  expect(sigopt?.error?.message).toMatch(/^algorithm sigopt: the SigOpt service has been shut down/)
  expect(typo?.error).toMatchObject({ code: 'unknown_algorithm', hint: expect.stringContaining('optuna, cmaes, hyperopt') })
  expect(absent?.error).toMatchObject({ code: 'missing_package', hint: expect.stringMatching(/^\S*python3 -m pip install zoopt$/) })
  expect(hello?.ok?.['algorithms']).toMatchObject({ zoopt: { available: false, why: expect.stringContaining('zoopt') } })
})

test('the packages that are there are found, and imported where that is asked for', async (context) => {
  const known = await probeAlgorithms(realCommand(context), ['optuna'], never)
  expect(known.get('optuna')).toEqual({ available: true, version: '5.0.0', why: null })
  expect(known.get('nevergrad')).toMatchObject({ available: true, version: '1.0.12' })
  expect(known.get('ax')).toMatchObject({ available: false })
})

test('settings and metrics that an algorithm does not have are refused', (context) => {
  const command = realCommand(context)
  const two = { metrics: ['a', 'b'], modes: ['min', 'max'] }
  const lines = say(command, [
    open({ algorithm_config: { n_startup_trails: 3 } }),
    open({ algorithm_config: { sampler: 'tree' } }),
    open({ algorithm_config: { sampler: 'gp' } }),
    open({ algorithm_config: { sampler: 'cmaes' }, ...two }),
    open({ algorithm: 'cmaes', ...two }),
    open({ algorithm: 'cmaes', algorithm_config: { sigma: 'wide' } }),
    open({ modes: ['small'] }),
    open({ algorithm_config: { n_startup_trials: 'ten', storage: 'sqlite://' } }),
  ])
  expect(errors(lines).slice(0, 7)).toEqual([
    'bad_config: optuna has no setting n_startup_trails (algorithm_config)',
    expect.stringContaining('bad_config: algorithm_config.sampler: "tree" is none of tpe, random, gp, cmaes'),
    expect.stringContaining('missing_package: algorithm optuna with sampler gp needs the package torch'),
    expect.stringContaining("bad_config: optuna's sampler cmaes has one metric"),
    expect.stringContaining('bad_config: cmaes has one metric'),
    'bad_config: algorithm_config.sigma: "wide" has the wrong type',
    'bad_request: `modes` has min or max for each of `metrics`',
  ])
  expect(lines[0]?.error?.hint).toBe('did you mean n_startup_trials?')
})

test('points come first, what they leave out is drawn, and impossible ones are refused', (context) => {
  const command = realCommand(context)
  const points = [{ x: 1, n: 7, shape: [1, 2], 'g.PYR->BC': 0.5 }, { share: 0.2 }]
  const [opened, asked] = say(command, [open({ points_to_evaluate: points }), { op: 'ask', n: 3 }])
  expect(opened?.error).toBeUndefined()
  const [first, second] = (asked?.ok?.['suggestions'] ?? []) as { params: Record<string, Json> }[]
  expect(first?.params).toMatchObject({ x: 1, n: 7, shape: [1, 2] })
  expect(first?.params['g.PYR->BC']).toBeCloseTo(0.5, 5)
  expect(second?.params['share']).toBe(0.2)
  const bad = [{ y: 1 }, { x: 6 }, { n: 2 }, { shape: 'b' }, { x: 'one' }].map((point) => open({ points_to_evaluate: [point] }))
  expect(errors(say(command, bad))).toEqual([
    'bad_point: points_to_evaluate[0]: there is no parameter y',
    'bad_point: parameter x: 6 is outside -5.0..5.0',
    'bad_point: parameter n: 2 is on no step, the nearest is 1',
    'bad_point: parameter shape has no option "b"',
    'bad_point: parameter x: "one" is no finite number',
  ])
})

test('results are told whole or not at all, the same one twice counts once, another one is refused', (context) => {
  const tell = (...results: Json[]): Record<string, unknown> => ({ op: 'tell', results })
  const lines = say(realCommand(context), [
    open({ modes: ['max'] }),
    { op: 'ask', n: 3 },
    tell({ trial: 0, values: [1] }, { trial: 7, values: [1] }),
    tell({ trial: 0, values: [1] }, { trial: 1, failed: true }),
    tell({ trial: 0, values: [1] }, { trial: 1, failed: true }),
    tell({ trial: 0, values: [2] }),
    tell({ trial: 2 }),
    tell({ trial: 2, values: [1, 2] }),
    // bad for the highest is a negative number
    tell({ trial: 2, penalty: 9 }),
    tell({ trial: 2, values: [-9] }),
  ])
  expect(lines.slice(2).map(({ ok, error }) => ok?.['told'] ?? error?.message)).toEqual([
    'there is no trial 7',
    2,
    0,
    'trial 0 was told before, with another result',
    'trial 2: one of values, failed, penalty',
    'trial 2: values is one finite number for each of loss',
    1,
    0,
  ])
})

test('a history that would be another one now is taken as it is, and named', (context) => {
  const command = realCommand(context)
  const config = { algorithm: 'cmaes' }
  const [, asked] = say(command, [open(config), { op: 'ask', n: 2 }])
  const [first, second] = (asked?.ok?.['suggestions'] ?? []) as { trial: number; params: Record<string, Json> }[]
  const events = [{ ask: [first, { ...second, params: { ...second?.params, x: 4.5 } }], n: 2 }, { tell: [{ trial: 1, values: [3] }] }]
  const [, replayed, next] = say(command, [open(config), { op: 'replay', events }, { op: 'ask', n: 1 }])
  expect(replayed?.ok).toEqual({ trials: 2, differs: [{ trial: 1, now: second?.params }] })
  expect(next?.ok?.['suggestions']).toMatchObject([{ trial: 2 }])
})

test('importances need no search, name what is wrong, and are the same every time', (context) => {
  const trial = (x: number, value: Json = (x - 3) ** 2): Json => ({ params: { x, n: (x * 7) % 3, still: 1 }, value })
  const request = (...trials: Json[]) => ({ op: 'importance', trials })
  const known = Array.from({ length: 40 }, (_, i) => trial((i * 11) % 40))
  const lines = say(realCommand(context), [
    request(...known),
    request(...known),
    request(...known.slice(0, 3)),
    request({ params: {}, value: 'low' }),
    request(...known.map(() => trial(1))),
    request(...known.map((_, i) => trial(i, 5))),
    { op: 'importance' },
    request(...known, { params: { n: 1 }, value: 4 }),
  ])
  const found = lines[0]?.ok?.['importances'] as Record<string, number>
  expect(Object.keys(found)).toEqual(['x', 'n', 'still'])
  expect([found['still'], (found['x'] ?? 0) > 0.9, lines[0]?.ok?.['trials']]).toEqual([0, true, 40])
  expect(lines[1]?.ok).toEqual(lines[0]?.ok)
  expect(errors(lines.slice(2, 7))).toEqual([
    'bad_request: importances want at least 4 trials with a result, there are 3',
    expect.stringContaining('bad_request: a trial has `params` and a finite number as `value`'),
    'bad_request: every parameter has the same value in all trials',
    'bad_request: the metric has the same value in all trials',
    'bad_request: `trials` is no list',
  ])
  // x and the one that stands still are not in every trial
  expect(lines[7]?.ok?.['importances']).toEqual({ n: 1, x: 0, still: 0 })
})

test('the program is written for Python 3.8 and newer', async () => {
  const folder = join(packageRoot(), 'python', 'dist_suggest')
  const files = readdirSync(folder).filter((name) => name.endsWith('.py'))
  expect(files.length).toBeGreaterThan(15)
  const code = 'import ast, sys\nfor name in sys.argv[1:]: ast.parse(open(name).read(), name, feature_version=(3, 8))'
  await promisify(execFile)('/usr/bin/python3', ['-c', code, ...files.map((name) => join(folder, name))])
})
