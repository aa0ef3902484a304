// `dist search run` with the released packages: scripts in the style of the documents, each in a folder of its own, against a real head
// and a real node.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { batchtoolsPython, hasBatchtools } from '../../scripts/setup/batchtools.mjs'
import { suggestPython } from '../../scripts/setup/suggest.mjs'
import type { SearchReply } from '../../shared/api/types.ts'
import { startAgent } from '../support/agent.ts'
import { type DistResult, dist } from '../support/dist.ts'
import { type Head, plainPath, startHead } from '../support/head.ts'
import { findJobset } from '../support/jobset-state.ts'
import { needs, skipOrFail } from '../support/needs.ts'
import { programArgv } from '../support/programs.ts'
import { until } from '../support/until.ts'

/** netpyne takes seconds to import, on a machine that does other things beside more */
const within = 300_000

let head: Head
beforeAll(async () => {
  head = await startHead({ flags: ['--python', suggestPython] })
  await startAgent(head, { name: 'node-a', cores: 4, flags: ['--slots', '4'] })
})
afterAll(() => head?.stop())

type Generation = keyof typeof batchtoolsPython
const needsBatchtools = (context: TestContext, generation: Generation) => {
  if (!hasBatchtools(generation)) skipOrFail(context, `batchtools not installed (${batchtoolsPython[generation]})`)
}

interface Project {
  readonly folder: string
  readonly run: (...flags: readonly string[]) => Promise<DistResult>
  readonly read: (name: string) => string
  readonly list: (folder?: string) => readonly string[]
  /** rows of the csv, by column */
  readonly rows: (label: string) => readonly Readonly<Record<string, string>>[]
}

/** A folder with these files, whose batch.py is run by the interpreter of a generation. */
function project(name: string, generation: Generation | '/usr/bin/python3', files: Readonly<Record<string, string>>): Project {
  const folder = join(head.root, name)
  const python = generation === '/usr/bin/python3' ? generation : batchtoolsPython[generation]
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text.replaceAll('PYTHON', python))
  }
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  return {
    folder,
    read,
    run: (...flags) =>
      dist(head, ['search', 'run', 'batch.py', '--namespace', 'test', '--python', python, ...flags], { cwd: folder, within }),
    list: (path = '.') => readdirSync(join(folder, path)).sort(),
    rows: (label) => {
      const [head, ...lines] = read(`${label}.csv`).trimEnd().split('\n')
      const names = head?.split(',') ?? []
      return lines.map((line) => Object.fromEntries(cells(line).map((cell, index) => [names[index] ?? '', cell])))
    },
  }
}

/** RFC 4180, as far as these files need it. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
}

const succeeded = (result: DistResult): DistResult => {
  expect([result.code, result.stderr]).toEqual([0, expect.any(String)])
  return result
}

/** A script that needs batchtk alone. */
const runner = `import json
from batchtk.runtk.runners import get_class
class Config: pass
runner = get_class()()
values = runner.get_mappings()
x0, x1 = values['x0'], values['x1']
runner.connect()
runner.send(json.dumps({'x0': x0, 'x1': x1, 'fx': 100 * (x1 - x0 ** 2) ** 2 + (1 - x0) ** 2}))
runner.close()
print('ran with', x0, x1)
`
const batch = (call: string, before = '') => `from netpyne.batchtools.search import search
${before}
study = search(job_type='sh', run_config={'command': 'PYTHON run.py'}, ${call})
print('best', study.results.get_best_result().metrics['fx'], 'of', len(study.results))
`

describe('a script that needs batchtk alone', () => {
  test.each(['socket', 'unix', 'sfs'])('over %s: numbers, order, csv and files', async (comm) => {
    const label = `grid_${comm}`
    const { run, rows, read, list, folder } = project(label, 'newest', {
      'run.py': runner,
      'batch.py': batch(
        `comm_type='${comm}', label='${label}', params={'x0': [0, 3], 'x1': [0, 3]}, output_path='./out', metric='fx', max_concurrent=4`,
      ),
    })
    const { stdout, stderr } = succeeded(await run())
    expect(stdout).toContain('best 1.0 of 4')
    expect(stderr).toContain(`test/${label}: 4 of 4 trials reported, best fx 1 in ${label}_00000`)
    expect(rows(label).map(({ x0, x1, fx }) => [x0, x1, fx])).toEqual([
      ['0.0', '0.0', '1.0'],
      ['0.0', '3.0', '901.0'],
      ['3.0', '0.0', '8104.0'],
      ['3.0', '3.0', '3604.0'],
    ])
    expect(rows(label)[1]).toEqual({
      ...{ '': '1', trial_label: `${label}_00001`, trial_path: join(folder, 'out'), x0: '0.0', x1: '3.0' },
      ...{ saveFolder: './out', simLabel: `${label}_00001`, fx: '901.0' },
    })
    expect(list('out')).toEqual(['.dist', ...[0, 1, 2, 3].map((number) => `${label}_0000${number}.run`)])
    expect(read(`out/${label}_00002.run`)).toContain('ran with 3 0')
  })

  test('is searched by an interpreter without any package, and may bring its own submit class', async (context) => {
    needsBatchtools(context, 'newest')
    const { run, rows, read } = project('own', '/usr/bin/python3', {
      'run.py': runner,
      'batch.py': `from netpyne.batchtools.search import search
from netpyne.batchtools import dispatchers, submits
class Mine(submits.SHSubmitSFS):
    script_args = {'label', 'project_path', 'output_path', 'env', 'command'}
    script_template = '''#!/bin/bash
cd {project_path}
export MSGFILE="{output_path}/{label}.out"
export SGLFILE="{output_path}/{label}.sgl"
{env}
[[ -f run.py ]] && echo "in the copy of the folder"
nohup {command} > {output_path}/{label}.run 2>&1 &
'''
study = search(dispatcher_constructor=dispatchers.LocalDispatcher, submit_constructor=Mine, label='own', metric='fx', mode='max',
               params={'x0': [0, 3], 'x1': (0, 1, 2)}, run_config={'command': '${batchtoolsPython.newest} run.py'}, max_concurrent=4)
print(study.results.get_best_result().config['x0'], study.results.num_errors)
`,
    })
    const { stdout } = succeeded(await run())
    expect(stdout.split('\n')).toContain('3 0')
    expect(rows('own').map(({ fx }) => fx)).toEqual(['1.0', '101.0', '401.0', '8104.0', '6404.0', '4904.0'])
    // its own redirection, not what the shell printed
    expect(read('batch/own_00000.run')).toBe('ran with 0 0\n')
  })

  test('whose trials fail: they are errors, and the same script runs those again', async (context) => {
    needsBatchtools(context, 'newest')
    const failing = `import os, sys\nif 'INTRUNTK0' in os.environ and os.environ['INTRUNTK0'].endswith('=2') and not os.path.exists('MARKER'): sys.exit(3)\n${runner}`
    const marker = join(head.root, 'mended')
    const { run, rows } = project('failing', 'newest', {
      'run.py': failing.replace('MARKER', marker),
      'batch.py': batch("comm_type='socket', label='failing', params={'x0': range(4), 'x1': 1}, metric='fx', max_concurrent=4", '').replace(
        'study.results))',
        'study.results), study.results.errors)',
      ),
    })
    const first = await run()
    expect([first.code, first.stdout]).toEqual([1, expect.stringContaining('failed: exit code 3')])
    expect(first.stderr).toContain('3 of 4 trials reported (1 failed)')
    expect(rows('failing').map(({ fx }) => fx)).toEqual(['101.0', '0.0', '', '6404.0'])
    writeFileSync(marker, '')
    const again = succeeded(await run())
    expect(again.stderr).toContain('1 of 4 trials without a result: 1 are run again')
    expect(rows('failing').map(({ fx }) => fx)).toEqual(['101.0', '0.0', '901.0', '6404.0'])
    expect(succeeded(await run()).stderr).toContain('test/failing is complete already')
  })
})

/** As the documents have it: a grid of netpyne's own config, reported by its own send. */
const simulation = (call: string, before = '') => `from netpyne import specs, sim
cfg = specs.SimConfig()
${before}
cfg.update()
${call}
`

describe('netpyne 1.1 and batchtk 0.1.6', () => {
  test('a grid, what it saves, and tied parameters made by numpy', async (context) => {
    needsBatchtools(context, 'newest')
    const saving =
      "import json\njson.dump({'x0': cfg.x0}, open(cfg.saveFolder + '/' + cfg.simLabel + '_data.json', 'w'))\nopen(cfg.saveFolder + '/same.txt', 'w').write(cfg.simLabel)\n"
    const { run, rows, read, list } = project('basic', 'newest', {
      'grid.py': simulation(
        `${saving}sim.send({'x0': cfg.x0, 'x1': cfg.x1, 'fx': 100 * (cfg.x1 - cfg.x0 ** 2) ** 2 + (1 - cfg.x0) ** 2})`,
        'cfg.x0, cfg.x1 = 1, 1',
      ),
      'coupled.py': simulation(
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
    const { run, read } = project('queue', 'newest', {
      'run.py': `${runner}import os\nprint('cores', os.environ['NSLOTS'])\n`,
      'batch.py': `from netpyne.batchtools.search import search
search(job_type='sge', comm_type='sfs', label='queue', params={'x0': [1], 'x1': [1]}, metric='fx', run_config={
    'queue': 'cpu.q', 'cores': 2, 'vmem': '1G', 'realtime': '00:10:00', 'command': 'mpiexec -n $NSLOTS -hosts $(hostname) PYTHON run.py'})
`,
    })
    const { stderr } = succeeded(await run())
    expect(stderr).toContain("'-hosts $(hostname)' is left out of the command: a trial runs on one node")
    expect(read('batch/queue_00000.run').match(/cores 2/g)).toHaveLength(2)
  })
})

describe("the documents' generation", () => {
  test('its grid over files, whose results come as a bare grid', async (context) => {
    needsBatchtools(context, 'documents')
    const { run, rows } = project('old', 'documents', {
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

describe('the tutorial', () => {
  test('its cells, with the values of a trial and a message that is no object', async (context) => {
    needsBatchtools(context, 'documents')
    const { run, read } = project('tutorial', 'documents', {
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

describe('with ray', () => {
  test('domains of ray.tune, and an optimiser that needs no ray', async (context) => {
    needsBatchtools(context, 'ray')
    const { run, rows } = project('ray', 'ray', {
      'run.py': runner,
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

describe('leaving and coming back', () => {
  const slow = `import time\ntime.sleep(0.3)\n${runner}`
  const files = (label: string) => ({
    'run.py': slow,
    'batch.py': batch(`comm_type='socket', label='${label}', params={'x0': range(8), 'x1': 1}, metric='fx', max_concurrent=2`),
  })
  const searchOf = async (label: string): Promise<SearchReply> =>
    head.api<SearchReply>('GET', `/jobsets/${(await findJobset(head, label)).id}/search`)

  test('--detach leaves the search running, the same script fetches it', async (context) => {
    needsBatchtools(context, 'newest')
    const { run, rows, folder } = project('left', 'newest', files('left'))
    const { stdout, stderr } = succeeded(await run('--detach'))
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('test/left goes on without this script')])
    expect(existsSync(join(folder, 'left.csv'))).toBe(false)
    const back = succeeded(await run())
    expect(back.stderr).toMatch(/test\/left is (on the head already|complete already)/)
    expect(back.stdout).toContain('best 0.0 of 8')
    expect(rows('left')).toHaveLength(8)
    expect((await searchOf('left')).total).toBe(8)
    // outputs and the csv are no other search; other inputs are
    succeeded(await run())
    writeFileSync(join(folder, 'run.py'), `${slow}#\n`)
    const other = await run()
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('test/left is on the head already, and is another search')])
    succeeded(await run('--new-version'))
    expect((await searchOf('left@2')).counts.reported).toBe(8)
  })

  test('Ctrl-C leaves it running and says how to come back', async (context) => {
    needsBatchtools(context, 'newest')
    const { run, folder } = project('broken', 'newest', files('broken'))
    const [command, ...leading] = programArgv('cli')
    const args = [...leading, 'search', 'run', 'batch.py', '--namespace', 'test', '--python', batchtoolsPython.newest]
    const env = { PATH: plainPath, HOME: join(head.root, 'home'), DIST_HEAD: head.url, DIST_TOKEN: head.token }
    // a group of its own, as a terminal has it: the signal reaches the script too
    const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let told = ''
    const tell = (data: Buffer) => {
      told += data.toString()
    }
    child.stdout.on('data', tell)
    child.stderr.on('data', tell)
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    await until('two trials at work', async () => (await searchOf('broken').catch(() => null))?.open === 2, {
      within: 60_000,
    })
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect([await ended, told]).toEqual([130, expect.stringContaining('test/broken goes on; back to it with: dist search run batch.py')])
    expect(told).not.toContain('Traceback')
    expect(succeeded(await run()).stdout).toContain('best 0.0 of 8')
  })
})

describe('dist search import', () => {
  test('writes the same search as a file, which the old form reaches too', async () => {
    // no published batchtk reads `=`: a reader after its description does
    const reader = `import json, os
values = {}
for name, value in os.environ.items():
    if 'RUNTK' in name:
        parts = value.split('=')
        values[parts[0].strip()] = {'INT': int, 'FLOAT': float, 'STR': str}[name.split('RUNTK')[0]](parts[1].strip())
json.dump(dict(values, fx=values['x0'] * values['float_val']), open(os.environ['DIST_SAVE_DIR'] + '/results.json', 'w'))
`
    const { folder } = project('imported', '/usr/bin/python3', {
      'run.py': reader,
      'batch.py': batch("comm_type=None, label='imported', params={'x0': [1, 2], 'float_val': 7.7}, metric='fx'"),
    })
    const flags = ['search', 'import', 'batch.py', '--namespace', 'test', '--output', 'jobs.yaml']
    expect((await dist(head, flags, { cwd: folder })).code).toBe(0)
    const yaml = join(folder, 'jobs.yaml')
    writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('  metric: fx', "  batchtk: {delimiter: '='}\n  metric: fx"))
    expect(await dist(head, ['add', 'jobs.yaml', '--wait'], { cwd: folder })).toMatchObject({ code: 0 })
    const { id } = await findJobset(head, 'imported')
    const { trials } = await head.api<{ trials: { values: number[] }[] }>('GET', `/jobsets/${id}/search/trials`)
    expect(trials.map(({ values }) => values)).toEqual([[7.7], [15.4]])
  })
})
