// `dist search run` with each generation of the released packages: netpyne 1.1 and batchtk 0.1.6, what the documents were written for, and
// ray. Scripts in the style of the documents, against a real head and a real node.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { suggestPython } from '../../scripts/setup/suggest.mjs'
import type { SearchReply } from '../../shared/api/types.ts'
import { startAgent } from '../support/agent.ts'
import { type Head, startHead } from '../support/head.ts'
import { findJobset } from '../support/jobset-state.ts'
import { needs } from '../support/needs.ts'
import {
  batchScript,
  needsBatchtools,
  project,
  runnerScript,
  simulationScript,
  succeeded,
  withoutScikitLearn,
} from '../support/search-project.ts'

/** netpyne takes seconds to import, a dozen times here, on a machine that does other things beside */
const timeout = 300_000

let head: Head
beforeAll(async () => {
  head = await startHead({ flags: ['--python', suggestPython] })
  await startAgent(head, { name: 'node-a', cores: 4, flags: ['--slots', '4'] })
})
afterAll(() => head?.stop())

const searchOf = async (label: string): Promise<SearchReply> =>
  head.api<SearchReply>('GET', `/jobsets/${(await findJobset(head, label)).id}/search`)

describe('netpyne 1.1 and batchtk 0.1.6', { timeout }, () => {
  test('a grid, what it saves, and tied parameters made by numpy', async (context) => {
    needsBatchtools(context, 'newest')
    const saving =
      "import json\njson.dump({'x0': cfg.x0}, open(cfg.saveFolder + '/' + cfg.simLabel + '_data.json', 'w'))\nopen(cfg.saveFolder + '/same.txt', 'w').write(cfg.simLabel)\n"
    const { run, rows, read, list } = project(head, 'basic', 'newest', {
      'grid.py': simulationScript(
        `${saving}sim.send({'x0': cfg.x0, 'x1': cfg.x1, 'fx': 100 * (cfg.x1 - cfg.x0 ** 2) ** 2 + (1 - cfg.x0) ** 2})`,
        'cfg.x0, cfg.x1 = 1, 1',
      ),
      'coupled.py': simulationScript(
        "x0, x1 = cfg.x0_x1\nsim.send({'kind': type(cfg.x0_x1).__name__, 'fx': 100 * (x1 - x0 ** 2) ** 2 + (1 - x0) ** 2})",
        'cfg.x0_x1 = [1, 1]',
      ),
      'batch.py': `import numpy
from netpyne.batchtools.search import search
grid = search(job_type='sh', comm_type='socket', label='basic', params={'x0': [0, 3], 'x1': [0, 3]}, output_path='./grid_batch',
              checkpoint_path='./ray', run_config={'command': 'PYTHON grid.py'}, num_samples=1, metric='fx', mode='min', algorithm='grid', max_concurrent=2)
x0 = numpy.arange(0, 3)
tied = search(job_type='sh', comm_type='sfs', label='coupled', params={'x0_x1': [*zip(x0, x0**2)]}, run_config={'command': 'PYTHON coupled.py'},
              metric='fx', max_concurrent=3)
results, data = grid
print(results.get_best_result().metrics['fx'], data['fx'].tolist(), tied.data['fx'].tolist())
`,
    })
    const { stdout } = succeeded(await run())
    expect(stdout).toContain('1.0 [1.0, 901.0, 8104.0, 3604.0] [1.0, 0.0, 1.0]')
    expect(rows('coupled').map(({ x0_x1, kind }) => [x0_x1, kind])).toEqual([
      ['(0, 0)', 'tuple'],
      ['(1, 1)', 'tuple'],
      ['(2, 4)', 'tuple'],
    ])
    const labels = [0, 1, 2, 3].map((number) => `basic_0000${number}`)
    expect(list('grid_batch')).toEqual(['.dist', ...labels.flatMap((label) => [label, `${label}.run`, `${label}_data.json`])])
    expect(JSON.parse(read('grid_batch/basic_00003_data.json'))).toEqual({ x0: 3 })
    expect(read('grid_batch/basic_00001/same.txt')).toBe('basic_00001')
  })

  test('a queue of a cluster: its host list and cores are honoured on an ordinary node', async (context) => {
    needsBatchtools(context, 'newest')
    needs(context, 'mpiexec')
    const { run, read } = project(head, 'queue', 'newest', {
      'run.py': `${runnerScript}import os\nprint('cores', os.environ['NSLOTS'])\n`,
      'batch.py': `from netpyne.batchtools.search import search
search(job_type='sge', comm_type='sfs', label='queue', params={'x0': [1], 'x1': [1]}, metric='fx', run_config={
    'queue': 'cpu.q', 'cores': 2, 'vmem': '1G', 'realtime': '00:10:00', 'command': 'mpiexec -n $NSLOTS -hosts $(hostname) PYTHON run.py'})
`,
    })
    const { stderr } = succeeded(await run())
    expect(stderr).toContain(
      "sge: a trial runs on one ordinary node, with the cores, memory and time of run_config as its own; '-hosts $(hostname)' is left out of its command",
    )
    expect(read('batch/queue_00000.run').match(/cores 2/g)).toHaveLength(2)
  })
})

test('an environment without scikit-learn stops it before its first trial, and names the package', { timeout }, async (context) => {
  needsBatchtools(context, 'newest')
  // netpyne hides the error: its script would run with its defaults, report nothing and end with 0
  const python = withoutScikitLearn(join(head.root, 'lacking'))
  const { run } = project(head, 'lacking-run', '/usr/bin/python3', {
    'run.py': simulationScript(
      "sim.send({'fx': cfg.x0})\nopen('/tmp/never', 'w')".replace('/tmp/never', join(head.root, 'ran')),
      'cfg.x0 = 1',
    ),
    'batch.py': batchScript("comm_type='socket', label='lacking', params={'x0': range(3)}, metric='fx'").replace('PYTHON', python),
  })
  const { code, stderr } = await run()
  expect([code, stderr]).toEqual([1, expect.stringContaining(`${python} -m pip install scikit-learn`)])
  expect(stderr).toContain("No module named 'sklearn'")
  expect(existsSync(join(head.root, 'ran'))).toBe(false)
  expect(await searchOf('lacking')).toMatchObject({ state: 'done', reason: 'failed', counts: { reported: 0 } })
})

describe("the documents' generation", { timeout }, () => {
  test('its grid over files, whose results come as a bare grid', async (context) => {
    needsBatchtools(context, 'documents')
    const { run, rows } = project(head, 'old', 'documents', {
      'run.py': `from netpyne.batchtools import specs, comm
import json
cfg = specs.SimConfig()
cfg.xn = {'a': 1, 'b': 1}
cfg.update_cfg()
x0, x1 = cfg.xn['a'], cfg.xn['b']
comm.initialize()
if comm.is_host():
    comm.send(json.dumps({'fx': 100 * (x1 - x0 ** 2) ** 2 + (1 - x0) ** 2}))
    comm.close()
`,
      'batch.py': `from netpyne.batchtools.search import search
import numpy
results = search(job_type='sh', comm_type='filesystem', run_config={'command': 'PYTHON run.py'}, params={'xn.a': numpy.arange(0, 2), 'xn.b': numpy.arange(0, 2)},
                 label='old', output_path='../old_batch', checkpoint_path='../old_ray', metric='fx', max_concurrent=4)
print(len(results), results.get_best_result().metrics['fx'], results[0].config['xn.a'])
`,
    })
    const { stdout } = succeeded(await run())
    expect(stdout).toContain('4 0.0 0')
    expect(rows('old').map(({ fx }) => fx)).toEqual(['1.0', '101.0', '100.0', '0.0'])
    expect(existsSync(join(head.root, 'old_batch', 'old_00003.run'))).toBe(true)
  })
})

describe('the tutorial', { timeout }, () => {
  test('its cells, with the values of a trial and a message that is no object', async (context) => {
    needsBatchtools(context, 'documents')
    const { run, read } = project(head, 'tutorial', 'documents', {
      'cells.py': `from netpyne.batchtools import specs, comm
help(type(specs))
help(specs.NetParams)
help(specs.SimConfig)
from netpyne.batchtools import NetpyneRunner
specs = NetpyneRunner()
print(specs.get_mappings())
cfg = specs.SimConfig()
cfg.foo = {'bar': 'not_baz', 'qux': 'quux'}
cfg.float_val = 3.3
print("prior to  cfg.update()")
print("cfg.foo['bar'] = {}".format(cfg.foo['bar']))
print("cfg.float_val = {}".format(cfg.float_val))
print()
cfg.update() # call update_cfg to update values in the cfg object with values assigned by batch
print("after the cfg.update()")
print("cfg.foo['bar'] = {}".format(cfg.foo['bar']))
print("cfg.float_val = {}".format(cfg.float_val))
comm.initialize()
print(comm.is_host())
comm.send('message')
comm.close()
`,
      'batch.py': `from netpyne.batchtools.search import search
results = search(job_type='sh', comm_type='socket', run_config={'command': 'PYTHON cells.py'}, label='cells',
                 params={'foo.bar': ['baz'], 'float_val': [7.7]}, output_path='./out')
print(results.num_errors, results[0].metrics['_raw'])
`,
    })
    expect(succeeded(await run()).stdout).toContain('0 message')
    const printed = read('out/cells_00000.run')
    expect(printed).toMatch(/^\{(?=.*'foo\.bar': 'baz')(?=.*'float_val': 7\.7)(?=.*'simLabel': 'cells_00000').*\}$/m)
    expect(printed).toContain("prior to  cfg.update()\ncfg.foo['bar'] = not_baz\ncfg.float_val = 3.3\n")
    expect(printed).toContain("after the cfg.update()\ncfg.foo['bar'] = baz\ncfg.float_val = 7.7\nTrue\n")
  })
})

describe('with ray', { timeout }, () => {
  test('domains of ray.tune, and an optimiser that needs no ray', async (context) => {
    needsBatchtools(context, 'ray')
    const { run, rows } = project(head, 'ray', 'ray', {
      'run.py': runnerScript,
      'batch.py': `import ray
from ray import tune
from netpyne.batchtools.search import ray_search, generate_constructors
from batchtk.runtk import dispatchers
ray.init(num_cpus=4)
dispatcher, submit = generate_constructors('sh', 'socket')
study = ray_search(dispatcher, submit, {'command': 'PYTHON run.py'}, {'x0': tune.uniform(0, 2), 'x1': tune.qrandint(0, 4, 2)}, algorithm='optuna',
                   label='rays', num_samples=6, max_concurrent=3, metric='fx', mode='min', algorithm_config={'seed': 1})
assert not ray.is_initialized() or ray.init() is None
print(len(study.results), sorted({type(r.config['x1']).__name__ for r in study.results}))
`,
    })
    const { stdout } = succeeded(await run())
    expect(stdout).toContain("6 ['int']")
    expect(rows('rays').every(({ x1 }) => ['0.0', '2.0', '4.0'].includes(x1 ?? ''))).toBe(true)
  })
})
