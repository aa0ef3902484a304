// `dist results` against a fake head: exports on disk, following a search, and what does not go together.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import type { FakeHead } from '../test-support/fake-head.ts'
import { type FakeSearch, reported, trialReply } from '../test-support/fake-searches.ts'
import { type DistOptions, type DistRun, runDist, type TestFolder } from '../test-support/run-dist.ts'
import { addFrontScene, addSearchScene } from '../test-support/search-scene.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder
let tune: FakeSearch
withFakeHead((newHead, newFolder) => {
  head = newHead
  folder = newFolder
})
beforeEach(() => {
  tune = addSearchScene(head)
  addFrontScene(head)
})

function dist(argv: readonly string[], options: Partial<DistOptions> = {}): Promise<DistRun> {
  return runDist(argv, { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: head.token }, ...options })
}
const lines = (text: string) => text.trimEnd().split('\n')

test.each([
  ['out.csv', [], /^trial_label,trial_path,config\/nmda.PYR->BC,/],
  ['out.json', [], /^\{"trial":0,"label":"search_00000","state":"reported","params":\{/],
  ['out.parquet', [], /^PAR1/],
  ['table', ['--csv'], /^trial_label/],
  ['out.csv', ['--bare'], /^,trial_label/],
] as const)('%s %j is written whole, and nothing else is left there', async (file, flags, begin) => {
  writeFileSync(folder.join(file), 'old')
  const { code, stdout } = await dist(['results', 'ca3_tune', '--output', file, ...flags])
  expect([code, stdout]).toEqual([0, `wrote ${file}: 6 trials of anna/ca3_tune\n`])
  expect(readFileSync(folder.join(file), 'latin1')).toMatch(begin)
  expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('--json of a file tells what was written', async () => {
  const { stdout } = await dist(['results', 'ca3_tune', '--output', 'out.csv', '--json'])
  expect(JSON.parse(stdout)).toEqual({ file: 'out.csv', format: 'csv', trials: 6 })
})

test('an export that breaks off leaves the old file as it was', async () => {
  writeFileSync(folder.join('out.csv'), 'old')
  head.lies.set('trials', () => ({
    raw: (response) =>
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"code":"bad_request","message":"no"}}'),
  }))
  const { code } = await dist(['results', 'ca3_tune', '--output', 'out.csv'])
  expect(code).toBe(1)
  expect(readFileSync(folder.join('out.csv'), 'utf8')).toBe('old')
  expect(readdirSync(folder.path)).toEqual(['out.csv'])
})

test('trials that end while an export is read do not get between its two readings', async () => {
  let readings = 0
  head.fault = (route) => {
    // the second reading finds one more end, with a key that the first has not seen
    if (route === 'trials' && ++readings === 2)
      tune.trials[6] = reported(6, [0.01], '{"loss": 0.01, "new": 1}', { ended: 99, params: tune.trials[5]?.params ?? [] })
    return 'none'
  }
  const { stdout } = await dist(['results', 'ca3_tune', '--csv'])
  expect(readings).toBe(2)
  expect(lines(stdout)).toHaveLength(7)
  expect(stdout).not.toContain('search_00006')
})

test('types stay as they were given and sent', async () => {
  const { stdout } = await dist(['results', 'ca3_tune', '--json'])
  expect(lines(stdout)).toHaveLength(6)
  expect(lines(stdout)[0]).toContain(
    '"params":{"nmda.PYR->BC":0.0010123456789,"g":0.123456789,"n":1,"x0_x1":[1,0.5],"mode":"slow"},"metrics":{"loss":12.50},"data":{"loss":12.50,"rate":3.0,"spikes":[1,2]}',
  )
})

test('100 000 trials go through in pages, to a reader that takes its time', async () => {
  const { params } = tune.trials[0] ?? { params: [] }
  tune.trials = Array.from({ length: 100_000 }, (_, i) => reported(i, [i], `{"loss": ${i}}`, { params, ended: i + 1 }))
  tune.reply = { ...tune.reply, revision: 100_000 }
  let largest = 0
  let count = 0
  let unflushed = 0
  const write = (data: string | Uint8Array): void => {
    const text = Buffer.from(data).toString()
    largest = Math.max(largest, text.length)
    unflushed += text.length
    expect(unflushed).toBeLessThan(1 << 20)
    count += text.split('\n').length - 1
  }
  const flush = (): Promise<void> => {
    unflushed = 0
    return Promise.resolve()
  }
  const { main } = await import('../program/run.ts')
  const stdout = { columns: null, write, flush }
  const env = { DIST_HEAD: head.url, DIST_TOKEN: head.token }
  const io = { stdout, stderr: stdout, env, cwd: folder.path, signal: new AbortController().signal }
  expect(await main(['results', 'ca3_tune', '--csv'], io)).toBe(0)
  expect(count).toBe(100_001)
  expect(largest).toBeLessThan(1 << 20)
}, 120_000)

/** Trials 6 and 7 end when the head is asked the second and the third time, then the search is done. */
function goOn(): void {
  const end = (trial: number, values: readonly number[]): void => {
    tune.trials[trial] = reported(trial, values, `{"loss": ${values[0]}}`, { ended: 20 - trial, params: tune.trials[5]?.params ?? [] })
    tune.reply = { ...tune.reply, open: tune.reply.open - 1, revision: 20 - trial }
  }
  head.fault = (route, count) => {
    if (route === 'search' && count === 2) end(7, [0.5])
    if (route === 'search' && count === 3) {
      end(6, [0.25])
      tune.reply = { ...tune.reply, state: 'done', reason: 'complete', open: 0 }
    }
    return 'none'
  }
}

test('--watch shows each trial once as it ends, in the order of the ends, until the search is done', async () => {
  goOn()
  const { code, stdout } = await dist(['results', 'ca3_tune', '--watch'])
  expect(code).toBe(0)
  const shown = lines(stdout).flatMap((line) => /^ *(\d+) {2}/.exec(line)?.[1] ?? [])
  expect(shown.map(Number)).toEqual([0, 1, 2, 3, 4, 5, 7, 6])
  expect(lines(stdout).at(-1)).toMatch(/^anna\/ca3_tune: 6 of 27 trials done/)
})

test('--watch --json gives a line each, --where and --failed choose', async () => {
  goOn()
  const { stdout } = await dist(['results', 'ca3_tune', '--watch', '--json', '--where', 'loss < 1'])
  expect(lines(stdout).map((line) => (JSON.parse(line) as { trial: number }).trial)).toEqual([3, 5, 7, 6])
})

test('--watch --output keeps the file up to date and ends with all of it', async () => {
  goOn()
  const { code } = await dist(['results', 'ca3_tune', '--watch', '--output', 'live.csv'])
  expect(code).toBe(0)
  const labels = lines(readFileSync(folder.join('live.csv'), 'utf8'))
    .slice(1)
    .map((line) => line.split(',')[0])
  expect(labels).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((trial) => `search_0000${trial}`))
})

test('--watch goes on over a head that is away, and tells of a search that failed', async () => {
  goOn()
  const ends = head.fault
  head.fault = (route, count) => {
    ends(route, count)
    if (route === 'search' && count === 3)
      tune.reply = { ...tune.reply, reason: 'failed', problem: { message: 'optuna is missing', hint: 'pip install optuna' } }
    return (route === 'search' || route === 'trials') && count === 1 ? 'after' : 'none'
  }
  const { code, stderr } = await dist(['results', 'ca3_tune', '--watch'])
  expect(code).toBe(1)
  expect(stderr).toContain('warning: optuna is missing\n         pip install optuna')
})

test.each([
  [['--csv', '--parquet'], '--csv and --parquet exclude each other'],
  [['--csv', '--json'], '--csv and --json exclude each other'],
  [['--output', 'results.txt'], '--output results.txt does not say what is to be written'],
  [['--watch', '--best', '3'], '--watch shows trials as they end'],
  [['--watch', '--csv'], '--watch and --csv on stdout do not go together'],
  [['--plot', 'x.svg', '--x', 'gg'], '--x gg is no parameter of this search'],
  [['--plot', 'x.svg', '--y', 'rate'], '--y rate is no metric of this search'],
  [['--output', 'none/x.csv'], 'cannot write none/x.csv'],
] as const)('%j is refused', async (flags, problem) => {
  const { code, stdout, stderr } = await dist(['results', 'ca3_tune', ...flags])
  expect([code, stdout]).toEqual([2, ''])
  const [told, hint] = (flags as readonly string[]).includes('--json') ? [stderr, ''] : lines(stderr)
  expect(told).toContain(problem)
  expect(hint).toBeDefined()
  expect(existsSync(folder.join('x.svg'))).toBe(false)
})

test('a terminal is not given Parquet', async () => {
  expect((await dist(['results', 'ca3_tune', '--parquet'], { columns: 80 })).stderr).toContain('a terminal cannot show Parquet')
  expect((await dist(['results', 'ca3_tune', '--parquet'])).stdout).toMatch(/^PAR1/)
})

test('a search without trials says so, and one that failed why', async () => {
  tune.trials = []
  tune.reply = {
    ...tune.reply,
    open: 0,
    counts: { ...tune.reply.counts, reported: 0, failed: 0, bad_metric: 0 },
    problem: { message: 'no optuna', hint: null },
  }
  const { stdout, stderr } = await dist(['results', 'ca3_tune'])
  expect(stdout).toContain('no trials yet')
  expect(stderr).toContain('warning: no optuna')
  expect((await dist(['results', 'ca3_tune', '--csv'])).stdout).toMatch(/^trial_label,[^\n]*,loss\r\n$/)
})

test('what an algorithm adds to the parameters of a trial, such as a budget, is a parameter everywhere', async () => {
  const { params } = tune.trials[0] ?? { params: [] }
  const withBudget = (value: number) => [...(params ?? []), ['steps', { kind: 'int' as const, value }]] as typeof params
  tune.trials = [1, 3, 9].map((steps, i) => reported(i, [i], `{"loss": ${i}}`, { params: withBudget(steps) }))
  expect((await dist(['results', 'ca3_tune', '--where', 'steps > 2'])).stdout).toMatch(/ steps .*\n +1 {2}.*\n +2 {2}/)
  expect((await dist(['results', 'ca3_tune', '--csv', '--sort', '-steps'])).stdout).toMatch(/config\/steps,loss\r\nsearch_00002/)
  expect((await dist(['results', 'ca3_tune', '--plot', 'x.svg', '--x', 'steps'])).code).toBe(0)
  expect(readFileSync(folder.join('x.svg'), 'utf8')).toContain('loss by steps')
})

test('what a trial sent cannot steer the terminal', async () => {
  tune.trials = [
    reported(0, [1], JSON.stringify({ loss: 1, '\u001b[2J': '\u001b]0;x\u0007' }), {
      params: [['a\u001b[1m', { kind: 'text', value: '\u001b[3m' }]],
    }),
    trialReply(1, { state: 'failed', ended: 2, reason: 'x\u001b[4m' }),
  ]
  tune.reply = { ...tune.reply, params: ['a\u001b[1m'] }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const code = /\u001b|\u0007/
  expect((await dist(['results', 'ca3_tune'])).stdout).not.toMatch(code)
  await dist(['results', 'ca3_tune', '--plot', 'x.svg'])
  expect(readFileSync(folder.join('x.svg'), 'utf8')).not.toMatch(code)
})
