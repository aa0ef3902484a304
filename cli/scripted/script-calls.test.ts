// What calls of search() become: python/dist_batchtools with an interpreter that has neither netpyne nor batchtk nor ray.
import { afterAll, describe, expect, test } from 'vitest'
import { runScript, ScriptFolder, scriptError } from './test-support.ts'

const folder = new ScriptFolder()
afterAll(() => folder.remove())

const search = (params: string, more = '') => `
from netpyne.batchtools.search import search, choice, grid, uniform
from ray import tune
search(job_type='sh', comm_type='socket', label='s', params=${params}, run_config={'command': 'python3 run.py'}, metric='fx'${more})
`
const paramsOf = async (params: string, more = '') => {
  const { calls } = await runScript(folder, search(params, more))
  // as it was written: JSON.parse would lose 3.0
  return calls[0]?.search.match(/"params": (\{.*\}), "algorithm"/)?.[1]
}

describe('the space', () => {
  test.each([
    [
      "{'x': [0, 3], 'y': (0.5, 1), 's': ['a', 'b'], 'n': [[1, 2], ['a']]}",
      '{"x": [0, 3], "y": [0.5, 1], "s": ["a", "b"], "n": [[1, 2], ["a"]]}',
    ],
    ["{'x': range(10), 'y': range(1, 9, 2)}", '{"x": {"range": [0, 10, 1]}, "y": {"range": [1, 9, 2]}}'],
    ["{'x': [*zip(range(2), (0.0, 1.0))]}", '{"x": {"coupled": [[0, 0.0], [1, 1.0]]}}'],
    ["{'x': [(1,), (1, 2)]}", '{"x": {"grid": [[1], [1, 2]]}}'],
    [
      "{'a': 3, 'b': 3.0, 'c': 'x', 'd': True, 'e': None, 'f': {'g': [1]}}",
      '{"a": 3, "b": 3.0, "c": "x", "d": true, "e": null, "f": {"constant": {"g": [1]}}}',
    ],
    [
      "{'x': choice([1, 'a']), 'y': grid([1, 2.0]), 'z': uniform(0, 1)}",
      '{"x": {"choice": [1, "a"]}, "y": {"grid": [1, 2.0]}, "z": {"uniform": [0.0, 1.0]}}',
    ],
    [
      "{'x': tune.loguniform(1e-4, 1), 'y': tune.quniform(0, 1, 0.1), 'z': tune.qloguniform(1, 8, 2)}",
      '{"x": {"loguniform": [0.0001, 1.0]}, "y": {"quniform": [0.0, 1.0, 0.1]}, "z": {"qloguniform": [1.0, 8.0, 2.0]}}',
    ],
    [
      "{'x': tune.randint(1, 5), 'y': tune.qrandint(0, 8, 2), 'z': tune.lograndint(1, 9), 'w': tune.qlograndint(1, 9, 2)}",
      '{"x": {"randint": [1, 5]}, "y": {"qrandint": [0, 8, 2]}, "z": {"lograndint": [1, 9]}, "w": {"qlograndint": [1, 9, 2]}}',
    ],
    [
      "{'x': tune.randn(1, 2), 'y': tune.qrandn(0, 1, 0.5), 'z': tune.grid_search([(0, 1), (1, 2)])}",
      '{"x": {"normal": [1.0, 2.0]}, "y": {"normal": [0.0, 1.0], "step": 0.5}, "z": {"coupled": [[0, 1], [1, 2]]}}',
    ],
  ])('%s', async (params, wanted) => {
    expect(await paramsOf(params)).toBe(wanted)
  })

  test('a function is drawn once for each sample, the same in every run', async () => {
    const source = search("{'x': tune.sample_from(lambda _: random.random())}", ", num_samples=3, algorithm='random'")
    const [first, second] = [await runScript(folder, `import random\n${source}`), await runScript(folder, `import random\n${source}`)]
    const { params, points_to_evaluate: points } = first.blocks[0] as { params: { x: { choice: number[] } }; points_to_evaluate: unknown }
    expect(new Set(params.x.choice).size).toBe(3)
    expect(points).toEqual(params.x.choice.map((x) => ({ x })))
    expect(second.blocks).toEqual(first.blocks)
  })

  test.each([
    ["{'x': [float('nan')]}", "Unsendable: params['x']: nan is no finite number"],
    ["{'x': object()}", "Unsendable: params['x']: a object cannot be sent to a job; numbers, text, lists and dicts can"],
    ["{'x': tune.sample_from(lambda spec: spec.config.y)}", "Unsendable: params['x']: sample_from looks at the other parameters"],
    ['{3: [1]}', 'Unsendable: params[3]: a name of a parameter is text'],
    ["{'x': range(0)}", 'Unsendable: range(0, 0) has no values'],
  ])('%s is refused', async (params, message) => {
    expect(await scriptError(folder, search(params))).toContain(message)
  })
})

describe('the call', () => {
  test('defaults are those of the documents', async () => {
    const { calls, blocks } = await runScript(folder, search("{'x': [1]}"))
    expect(blocks).toEqual([
      {
        ...{ label: 's', job_type: 'sh', comm_type: 'socket', run_config: { command: 'python3 run.py' }, params: { x: [1] } },
        ...{ algorithm: 'variant_generator', metric: 'fx', mode: 'min', num_samples: 1, max_concurrent: 1 },
      },
    ])
    expect(calls[0]).toMatchObject({
      ...{ label: 's', cwd: folder.path, outputPath: `${folder.path}/batch`, checkpointPath: `${folder.path}/checkpoint` },
      ...{ mayContinue: true, keepsFiles: false, notices: [] },
    })
  })

  test('everything that batchtools takes', async () => {
    const more = `, comm_type='sfs', algorithm='optuna', mode=['min', 'max'], metric=['a', 'b'], num_samples=9, max_concurrent=3, batch=False,
      output_path='../out', checkpoint_path='~/ray', report_config=['data'], prune_metadata=False, attempt_restore=False, file_cleanup=False,
      ray_config={'num_cpus': 1}, sample_interval=5, clean_checkpoint=False, advanced_logging=True, algorithm_config={'seed': 3, 'storage': 'x'}`
    const source = search("{'x': [0, 1]}", more).replace("comm_type='socket', ", '').replace(", metric='fx'", '')
    const { calls, blocks } = await runScript(folder, source)
    expect(blocks[0]).toMatchObject({
      ...{ comm_type: 'filesystem', algorithm: 'optuna', algorithm_config: { seed: 3 }, mode: ['min', 'max'], metric: ['a', 'b'] },
      ...{ num_samples: 9, max_concurrent: 3, batch: false, report: ['data'], prune_metadata: false },
    })
    expect(calls[0]).toMatchObject({ mayContinue: false, keepsFiles: true, checkpointPath: `${folder.path}/ray` })
    expect(calls[0]?.outputPath).toBe(`${folder.path.slice(0, folder.path.lastIndexOf('/'))}/out`)
    expect(calls[0]?.notices).toEqual([
      "algorithm_config['storage'] is a matter of ray and has no effect here",
      'ray_config is not needed here: agents run on the nodes, and there is no ray',
    ])
  })

  test.each([
    ["'mpiexec -n 8 nrniv -python -mpi init.py'", 8],
    ["'module load x; mpirun -x A -np 4 ./a'", 4],
    ["'mpiexec -n $NSLOTS ./a'", undefined],
    ["'mpiexec -n 1 ./a'", undefined],
    ["'head -n 5 x'", undefined],
    ["'mpiexec -n 8 ./a', 'cores': 2", 2],
  ])('a trial of %s has %s cores', async (command, cores) => {
    const source = search("{'x': [1]}").replace("'python3 run.py'", command)
    const { blocks, calls } = await runScript(folder, source)
    expect((blocks[0]?.['run_config'] as { cores?: number } | undefined)?.cores).toBe(cores)
    expect(calls[0]?.notices).toHaveLength(cores === undefined || cores === 2 ? 0 : 1)
  })

  test('without names, in the order of the documents', async () => {
    const source =
      "from netpyne.batchtools.search import search\nsearch('sge', None, {'command': 'x', 'cores': 2}, {'x': [1]}, 'grid', 'named')\n"
    const { blocks } = await runScript(folder, source)
    expect(blocks[0]).toMatchObject({ label: 'named', job_type: 'sge', comm_type: 'none', metric: 'none', run_config: { cores: 2 } })
  })

  test('the functions before search()', async () => {
    const source = `
from netpyne.batchtools.search import ray_search, ray_optuna_search, generate_constructors
import warnings
dispatcher, submit = generate_constructors('sge', 'sfs')
ray_search(dispatcher, submit, {'command': 'x'}, {'x': [1, 2]}, label='one', metric='m')
ray_optuna_search(dispatcher_constructor=dispatcher, submit_constructor=submit, run_config={'command': 'x'}, params={'x': [1, 2]},
                  num_samples=2, optuna_config={'seed': 4})
`
    const { blocks } = await runScript(folder, source)
    expect(blocks).toMatchObject([
      { label: 'one', job_type: 'sge', comm_type: 'filesystem' },
      { label: 'optuna_search', algorithm: 'optuna', algorithm_config: { seed: 4 }, metric: 'loss', num_samples: 2 },
    ])
  })

  test('the searches of batchtk itself', async () => {
    const source = `
from batchtk.algos import optuna_search, cmaes_search
from batchtk.utils import expand_path
from netpyne.batchtools.search import generate_constructors
dispatcher, submit = generate_constructors('slurm', 'sfs')
common = dict(dispatcher_constructor=dispatcher, submit_constructor=submit, submit_kwargs={'command': 'c'}, project_path='.', interval=10)
cmaes_search(study_label='c', param_space={'a': (0.5, 1.5), 'b': (1, 9), 'c': [['x', 'y']]}, param_space_samplers=['float', 'int', 'categorical'],
             algo_kwargs={'seed': 42}, metrics={'loss': 'minimize'}, num_trials=12, num_workers=6, output_path=expand_path('./o', create_dirs=True), **common)
optuna_search(study_label='o', param_space={'a': (0, 1)}, metrics={'f': 'minimize', 'g': 'maximize'}, num_trials=3, num_workers=2, algo='nsgaii', seed=1, **common)
`
    const { blocks } = await runScript(folder, source)
    expect(blocks).toEqual([
      {
        ...{ label: 'c', job_type: 'slurm', comm_type: 'filesystem', run_config: { command: 'c' }, batchtk: { keys: 'pointers' } },
        params: { a: { uniform: [0.5, 1.5] }, b: { qrandint: [1, 9, 1] }, c: { choice: ['x', 'y'] } },
        ...{
          algorithm: 'cmaes',
          algorithm_config: { seed: 42 },
          metric: 'loss',
          mode: ['min'],
          num_samples: 12,
          max_concurrent: 6,
          batch: true,
        },
      },
      {
        ...{ label: 'o', job_type: 'slurm', comm_type: 'filesystem', run_config: { command: 'c' }, batchtk: { keys: 'pointers' } },
        ...{ params: { a: { uniform: [0, 1] } }, algorithm: 'optuna', algorithm_config: { sampler: 'nsgaii', seed: 1 } },
        ...{ metric: ['f', 'g'], mode: ['min', 'max'], num_samples: 3, max_concurrent: 2, batch: false },
      },
    ])
  })

  test.each([
    ["search(job_type='sh', comm_type='tcp', params={'x': [1]}, run_config={'command': 'x'})", "ValueError: Invalid comm_type 'tcp'"],
    ["search(job_type='pbs', comm_type='socket', params={'x': [1]}, run_config={'command': 'x'})", "ValueError: Invalid job_type 'pbs'"],
    ["search(job_type='sh', comm_type='socket', run_config={'command': 'x'})", 'ValueError: missing parameters, specify params'],
    ["search(job_type='sh', comm_type='socket', params={'x': [1]})", "ValueError: run_config has no 'command'"],
    ["search(params={'x': [1]}, run_config={'command': 'x'})", 'ValueError: missing job method'],
    [
      "search(job_type='sh', comm_type='socket', params={'x': [1]}, run_config={'command': 'x'}, algorithm='optuna')",
      'ValueError: a metric (string) must be specified for optimization searches',
    ],
    [
      "search(job_type='sh', comm_type='socket', params={'x': [1]}, run_config={'command': 'x'}, lable='x')",
      "TypeError: search() got an unexpected keyword argument 'lable'",
    ],
  ])('%s is refused', async (call, message) => {
    expect(await scriptError(folder, `from netpyne.batchtools.search import search\n${call}`)).toContain(message)
  })
})

describe('constructors of the script', () => {
  const custom = (template: string, more = '') => `
from netpyne.batchtools.search import search
from netpyne.batchtools import dispatchers, submits, runtk
class Mine(submits.SHSubmitSOCK):
    script_args = {'label', 'project_path', 'output_path', 'env', 'command', 'sockname'}
    script_template = ${JSON.stringify(template)}
search(dispatcher_constructor=dispatchers.UNIXDispatcher, submit_constructor=Mine, label='own', params={'x': [1]},
       run_config={'command': 'python3 run.py', 'cores': 2, 'queue': 'q'}, metric='fx'${more})
`

  const commandOf = (blocks: readonly Readonly<Record<string, unknown>>[]) =>
    (blocks[0]?.['run_config'] as { command?: string } | undefined)?.command

  test('its script is the job, with the places of dist', async () => {
    const template =
      '#!/bin/bash\ncd {project_path}\nexport SOCNAME="{sockname}"\n{env}\nnohup {command} > {output_path}/{label}.run 2>&1 &\necho {other}\n'
    const { blocks } = await runScript(folder, custom(template))
    expect(blocks[0]).toMatchObject({ job_type: 'sh', comm_type: 'unix', run_config: { cores: 2, queue: 'q' } })
    expect(commandOf(blocks)).toBe(
      [
        "exec /bin/bash -c '#!/bin/bash",
        'cd .',
        'export SOCNAME="$SOCNAME"',
        '',
        'nohup python3 run.py > $DIST_SAVE_DIR/$DIST_JOB.run 2>&1 &',
        'echo {other}',
        'dist_status=$?',
        'if [ -n "$!" ]; then wait "$!"; dist_status=$?; fi',
        'wait',
        'exit $dist_status',
        "'",
      ].join('\n'),
    )
  })

  test('a script for Slurm is known by its lines, and run by bash', async () => {
    const { blocks } = await runScript(folder, custom('#SBATCH --job-name={label}\nsource x\n{command}\n'))
    expect(blocks[0]).toMatchObject({ job_type: 'slurm' })
    expect(commandOf(blocks)).toContain('exec /bin/bash -c')
  })

  test('classes of batchtools are what they are called', async () => {
    const source = `
from netpyne.batchtools.search import search
from netpyne.batchtools import submits
from batchtk.runtk import dispatchers
for dispatcher, submit in ((dispatchers.INETDispatcher, submits.SlurmSubmitSOCK), (dispatchers.SFSDispatcher, submits.SGESubmitSFS)):
    search(dispatcher_constructor=dispatcher, submit_constructor=submit, params={'x': [1]}, run_config={'command': 'c'}, metric='fx')
`
    const { blocks } = await runScript(folder, source)
    expect(blocks).toMatchObject([
      { job_type: 'slurm', comm_type: 'socket', run_config: { command: 'c' } },
      { job_type: 'sge', comm_type: 'filesystem', run_config: { command: 'c' } },
    ])
  })
})
