// What a search script may import, with packages in all states: absent, there, and real ones of three generations.
import { afterAll, describe, expect, test } from 'vitest'
import { batchtoolsPython, hasBatchtools } from '../../scripts/setup/batchtools.mjs'
import { runScript, ScriptFolder, scriptError } from './test-support.ts'

const folder = new ScriptFolder()
afterAll(() => folder.remove())

const call =
  "search(job_type='sh', comm_type='socket', label='s', params={'x': tune.uniform(0, 1)}, run_config={'command': 'c'}, metric='fx')"

test('without any package everything of a search script is there', async () => {
  const source = `
import ray, sys
import netpyne.batchtools.search
from ray import tune, train
from ray.air import session, RunConfig
from ray.tune.search.optuna import OptunaSearch
from netpyne.batchtools import search as module, dispatchers, submits, runtk
from netpyne.batchtools.search import search, generate_constructors
from batchtk import runtk as raw
from batchtk.runtk import Submit, Template
from batchtk.utils import get_path
ray.init(num_cpus=1)
assert module is netpyne.batchtools.search and raw is runtk and raw.submits.SHSubmitSOCK
${call}
ray.shutdown()
out([__name__, __file__.endswith('/batch.py'), sys.argv])
`
  const { code, blocks, out } = await runScript(folder, source, { args: ['-x', '1'] })
  expect([code, blocks.length, out]).toEqual([0, 1, ['__main__', true, ['batch.py', '-x', '1']]])
})

test('what would need the packages says so when it is used', async () => {
  expect(await scriptError(folder, 'from ray import tune\ntune.Tuner(None)')).toBe(
    'RuntimeError: ray.tune.Tuner needs ray; under `dist search run` there is none, and search() does without',
  )
  expect(await scriptError(folder, 'from netpyne import sim')).toMatch(/^ImportError: cannot import name 'sim'/)
  expect(await scriptError(folder, 'from netpyne.batchtools.search import load_search\nload_search("x")')).toContain(
    'dist keeps no checkpoint',
  )
})

describe('an installed netpyne', () => {
  const site = { PYTHONPATH: `${folder.path}/site` }

  test('is not loaded for a search, and is when the script uses it', async () => {
    folder.write(
      'site/netpyne/__init__.py',
      "import builtins\nbuiltins.loaded = getattr(builtins, 'loaded', []) + ['netpyne']\nversion = '9'\n",
    )
    folder.write('site/netpyne/sim.py', "there = 'sim'\n")
    folder.write(
      'site/netpyne/batchtools/__init__.py',
      "import builtins\nbuiltins.loaded = getattr(builtins, 'loaded', []) + ['batchtools']\ncomm = 'comm'\n",
    )
    folder.write('site/netpyne/batchtools/search.py', "raise RuntimeError('the stock search was loaded')\n")
    folder.write('site/netpyne/batchtools/submits.py', "class SHSubmit:\n    submit_template = 'sh x'\n    script_template = '{command}'\n")
    const source = `
import builtins
from netpyne.batchtools.search import search
from netpyne.batchtools import submits
seen = [list(getattr(builtins, 'loaded', [])), submits.SHSubmit.__module__]
from netpyne.batchtools import comm
seen.append(builtins.loaded)
import netpyne.sim
out(seen + [netpyne.sim.there, netpyne.version, builtins.loaded])
`
    const { out } = await runScript(folder, source, { env: site })
    const both = ['netpyne', 'batchtools']
    expect(out).toEqual([[], 'netpyne.batchtools.submits', both, 'sim', '9', both])
  })

  test.each([
    ['1.0.7', 'ResultGrid'],
    ['1.1.1', 'Study'],
  ])('of version %s gives its form of results', async (version, form) => {
    folder.write(`site/netpyne-${version}.dist-info/METADATA`, `Metadata-Version: 2.1\nName: netpyne\nVersion: ${version}\n`)
    const source = `from netpyne.batchtools.search import search\nfrom ray import tune\nr = ${call}\nout([type(r).__name__, len(r.results)])\n`
    const told = [{ trial: 0, label: 's', state: 'reported', params: [], values: [1], report: { text: '{}' }, reason: null }]
    const { out } = await runScript(folder, source, { env: site, replies: [{ kind: 'trials', trials: told }, { kind: 'done' }] })
    folder.forget(`site/netpyne-${version}.dist-info`)
    expect(out).toEqual([form, 1])
  })
})

// numpy and ray take their time to import
describe.each(['newest', 'documents', 'ray'] as const)('the released packages: %s', { timeout: 180_000 }, (generation) => {
  const python = batchtoolsPython[generation]

  test('arrays and scalars of numpy, domains, and classes made of batchtk are understood', async ({ skip }) => {
    skip(!hasBatchtools(generation), 'no batchtools installed')
    const source = `
import numpy, sys
from netpyne.batchtools.search import search
from netpyne.batchtools import submits, dispatchers
from batchtk.runtk import Submit
from ray import tune
class Mine(submits.SHSubmitSFS):
    script_template = '#!/bin/sh\\ncd {project_path}\\nexport MSGFILE="{output_path}/{label}.out"\\n{env}\\n{command}\\n'
x0 = numpy.arange(0, 3)
search(dispatcher_constructor=dispatchers.INETDispatcher, submit_constructor=submits.SHSubmitSOCK, label='a', metric='fx',
       params={'a': numpy.linspace(1e-3, 1.8e-3, 3), 'b': [*zip(x0, x0**2)], 'c': numpy.float64(2), 'd': numpy.int64(2), 'e': [x0[1], x0[2], 2.0]},
       run_config={'command': 'c', 'cores': numpy.int64(3)})
search(dispatcher_constructor=dispatchers.UNIXDispatcher, submit_constructor=Mine, label='b', metric='fx', algorithm='optuna',
       params={'u': tune.uniform(0, 1), 'l': tune.loguniform(1e-4, 1), 'q': tune.quniform(0, 1, 0.25), 'c': tune.choice([1, 'a']), 'r': tune.randint(1, 9),
               'i': tune.qrandint(0, 8, 2), 'n': tune.randn(0, 2), 'g': tune.lograndint(1, 100), 's': tune.qloguniform(2, 8, 2)},
       run_config={'command': 'c'})
out([name for name in ('neuron', 'netpyne.specs') if name in sys.modules])
`
    const { calls, blocks, out } = await runScript(folder, source, { python })
    expect(out).toEqual([])
    expect(calls[0]?.search).toContain(
      '{"a": {"grid": [0.001, 0.0014, 0.0018]}, "b": {"coupled": [[0, 0], [1, 1], [2, 4]]}, "c": 2.0, "d": 2, "e": [1, 2, 2.0]}',
    )
    expect(blocks[0]).toMatchObject({ comm_type: 'socket', job_type: 'sh', run_config: { command: 'c', cores: 3 } })
    expect(blocks[1]).toMatchObject({
      comm_type: 'unix',
      params: {
        ...{
          u: { uniform: [0, 1] },
          l: { loguniform: [1e-4, 1] },
          q: { quniform: [0, 1, 0.25] },
          c: { choice: [1, 'a'] },
          r: { randint: [1, 9] },
        },
        ...{ i: { qrandint: [0, 8, 2] }, n: { normal: [0, 2] }, g: { lograndint: [1, 100] }, s: { qloguniform: [2, 8, 2] } },
      },
    })
    expect((blocks[1]?.['run_config'] as { command: string } | undefined)?.command).toContain(
      'export MSGFILE="$DIST_SAVE_DIR/$DIST_JOB.out"',
    )
  })
})
