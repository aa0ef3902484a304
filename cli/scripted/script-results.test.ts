// What search() gives back: python/dist_batchtools over trials that dist has told, with and without pandas.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { suggestPython } from '../../scripts/setup/suggest.mjs'
import type { Value } from '../../shared/model/value.ts'
import type { Reply } from './script-process.ts'
import { type Ran, runScript, ScriptFolder } from './test-support.ts'

const folder = new ScriptFolder()
afterAll(() => folder.remove())

interface Told {
  readonly x: Value
  readonly sent: string | null
  readonly values?: readonly number[]
  readonly state?: string
  readonly reason?: string
}

function trial({ x, sent, values = [], state = 'reported', reason }: Told, number: number): Reply {
  const label = `s_${String(number).padStart(5, '0')}`
  const report = sent === null ? null : { text: sent }
  return { trial: number, label, state, params: [['x', x]], values, report, reason: reason ?? null, seconds: 1.5, node: 'lab1' }
}

const int = (value: number): Value => ({ kind: 'int', value })
const three = [
  { x: int(0), sent: '{"x": 0, "fx": 1, "other": 1e-7}', values: [1] },
  { x: { kind: 'float', value: 3 } as const, sent: '{"x": 3.0, "fx": 8104.25, "other": null}', values: [8104.25] },
  { x: { kind: 'tuple', items: [int(1), int(2)] } as const, sent: null, state: 'failed', reason: 'exit code 1' },
]

const search = (more = '') =>
  `from netpyne.batchtools.search import search\ns = search(job_type='sh', comm_type='socket', label='s', params={'x': [0, 3]}, run_config={'command': 'c'}, output_path='./out'${more})\n`
/** In the order in which they end, which is not that of their numbers. */
const replies = (told: readonly Told[]): readonly Reply[] => [
  { kind: 'trials', trials: told.map(trial).reverse() },
  { kind: 'done', state: 'complete', problem: null },
]
const run = (source: string, told: readonly Told[] = three, more = ", metric='fx'", python?: string): Promise<Ran> =>
  runScript(folder, search(more) + source, { replies: replies(told), ...(python === undefined ? {} : { python }) })

describe('the results', () => {
  test('are those of ray, with the values that were sent', async () => {
    const { out } = await run(`
r = s.results
best = r.get_best_result()
out([len(r), r.num_errors, [type(t.config['x']).__name__ for t in r], str(r[2].error), best.metrics['fx'], best.config, best.path,
     r.get_best_result('fx', 'max').metrics['trial_id'], best.metrics['other'], r[1].metrics_of if hasattr(r[1], 'metrics_of') else None])
`)
    expect(out).toEqual([
      ...[3, 1, ['int', 'float', 'tuple'], 'failed: exit code 1', 1, { x: 0, saveFolder: './out', simLabel: 's_00000' }],
      ...[join(folder.path, 'out'), '00001', 1e-7, null],
    ])
  })

  test('one that is run again counts once, as it ended last', async () => {
    const source = `${search(", metric='fx'")}out([len(s.results), s.results[0].metrics['fx']])`
    const first = trial({ x: int(0), sent: null, state: 'lost' }, 0)
    const again = trial({ x: int(0), sent: '{"fx": 5}', values: [5] }, 0)
    const told = [{ kind: 'trials', trials: [first] }, { kind: 'trials', trials: [again] }, { kind: 'done' }]
    expect((await runScript(folder, source, { replies: told })).out).toEqual([1, 5])
  })

  test('without a metric the one called loss is best, else the script must say', async () => {
    const told = [4, 2].map((loss) => ({ x: int(1), sent: `{"loss": ${loss}}` }))
    expect((await run('out(s.results.get_best_result().metrics["loss"])', told, '')).out).toBe(2)
    const none = 'try:\n    s.results.get_best_result()\nexcept ValueError as error:\n    out(str(error))'
    expect((await run(none, three, '')).out).toContain('get_best_result(metric=..., mode=...)')
  })

  test('no number for the metric is an error that says what happened', async () => {
    const source = 'try:\n    s.results.get_best_result()\nexcept RuntimeError as error:\n    out(str(error))'
    const { out } = await run(source, [{ x: int(1), sent: null, state: 'failed', reason: 'exit code 3' }])
    expect(out).toBe("no trial has a number for the metric 'fx'; 1 of 1 trials have an error, the first is: failed: exit code 3")
  })

  test('a trial of a grid without metric that sent nothing is an error, unless nothing was to be sent', async () => {
    const told = [{ x: int(1), sent: null }]
    expect((await run('out(s.results.num_errors)', told, '')).out).toBe(1)
    const silent = search().replace("comm_type='socket'", 'comm_type=None')
    expect((await runScript(folder, `${silent}out(s.results.num_errors)`, { replies: replies(told) })).out).toBe(0)
  })

  test('text that is no object is kept as it came', async () => {
    const { out } = await run('out([t.metrics["_raw"] for t in s.results])', [
      { x: int(1), sent: 'message' },
      { x: int(1), sent: '[1, 2]' },
    ])
    expect(out).toEqual(['message', [1, 2]])
  })

  test('several metrics: each has its best', async () => {
    const told = [
      { x: int(0), sent: '{"a": 1, "b": 1}', values: [1, 1] },
      { x: int(1), sent: '{"a": 2, "b": 5}', values: [2, 5] },
    ]
    const more = ", metric=['a', 'b'], mode=['min', 'max'], algorithm='optuna'"
    const { out } = await run('out([s.results.get_best_result("a").metrics["a"], s.results.get_best_result("b").metrics["b"]])', told, more)
    expect(out).toEqual([1, 5])
  })

  test('ray_optuna_search has the reading half of a study', async () => {
    const source = `from netpyne.batchtools.search import ray_optuna_search, generate_constructors
d, c = generate_constructors('sh', 'socket')
study = ray_optuna_search(d, c, {'command': 'c'}, {'x': [0, 3]}, metric='fx', num_samples=3)
out([study.algo.best_params, study.algo.best_value, len(study.algo.trials), len(study.results)])`
    expect((await runScript(folder, source, { replies: replies(three) })).out).toEqual([{ x: 0 }, 1, 3, 3])
  })
})

describe('the csv', () => {
  test('has the form of the released batchtools', async () => {
    await run('')
    expect(folder.read('s.csv')).toBe(
      `,trial_label,trial_path,x,saveFolder,simLabel,fx,other
0,s_00000,${folder.path}/out,0.0,./out,s_00000,1.0,1e-07
1,s_00001,${folder.path}/out,3.0,./out,s_00001,8104.25,
2,s_00002,${folder.path}/out,"(1, 2)",./out,s_00002,,
`,
    )
  })

  test('with its metadata it has config/ columns, for Analyzer', async () => {
    await run('', three, ", metric='fx', prune_metadata=False")
    expect(folder.read('s.csv').split('\n')[0]).toBe(
      ',x,fx,other,trial_label,trial_path,trial_id,time_total_s,hostname,config/x,config/saveFolder,config/simLabel,logdir',
    )
  })

  test('report_config chooses its columns', async () => {
    await run('', three, ", metric='fx', report_config=('data',)")
    expect(folder.read('s.csv').split('\n')[0]).toBe(',x,fx,other')
  })
})

describe('tables', () => {
  const source = `
try:
    results, data = s
    out([list(data.columns), data.shape[0], data['fx'].tolist()[:2], list(results.get_dataframe().columns)[-4:]])
except ImportError as error:
    out(str(error))`

  test('without pandas say what is missing', async () => {
    const { out } = await run(source)
    expect(out).toContain('python3 -m pip install pandas')
  })

  test('with pandas are data frames', async ({ skip }) => {
    skip(!existsSync(suggestPython), 'no optimisers installed')
    const { out } = await run(source, three, ", metric='fx'", suggestPython)
    const columns = ['trial_label', 'trial_path', 'x', 'saveFolder', 'simLabel', 'fx', 'other']
    expect(out).toEqual([columns, 3, [1, 8104.25], ['config/x', 'config/saveFolder', 'config/simLabel', 'logdir']])
  })
})

describe('the end', () => {
  test('a search that goes on without the script ends it quietly', async () => {
    const source = `${search()}out('never')`
    expect(await runScript(folder, source, { replies: [{ kind: 'detached' }] })).toMatchObject({ code: 0, out: null })
  })

  test('what dist refused ends it with that status', async () => {
    const source = `try:\n    ${search().trim().split('\n').join('\n    ')}\nexcept Exception:\n    out('caught')`
    expect(await runScript(folder, source, { replies: [{ kind: 'refused', status: 2 }] })).toMatchObject({ code: 2, out: null })
  })

  test("the script's own exit status is kept", async () => {
    expect((await runScript(folder, 'import sys\nsys.exit(7)')).code).toBe(7)
    expect((await runScript(folder, 'raise ValueError("x")')).code).toBe(1)
  })

  test('Ctrl-C while it waits is not for the script', async () => {
    // the answer comes when the signal was there
    const told =
      'import os, signal, threading, time\ndef later():\n    time.sleep(0.05)\n    os.kill(os.getpid(), signal.SIGINT)\n    open("killed", "w").close()\nthreading.Thread(target=later).start()\n'
    const source = `${told}${search()}out(len(s.results))`
    const whenKilled = () => vi.waitUntil(() => existsSync(join(folder.path, 'killed')), { timeout: 30_000 })
    expect(await runScript(folder, source, { replies: replies(three), before: whenKilled })).toMatchObject({ code: 0, out: 3 })
  })
})
