// What a search means once it is read: the whole of the reference, defaults, every form of a parameter.
import { expect, test } from 'vitest'
import { defaultOptions } from '../../model/options.ts'
import { plain } from '../../model/value.ts'
import { newSpace } from '../../search/space.ts'
import { parseJobset } from '../parse-jobset.ts'

const meta = 'meta: {batch_name: b, namespace: n}\n'

function parse(text: string, notices: readonly string[] = []) {
  const { jobset, problems } = parseJobset(meta + text, { file: 'jobs.yaml', folder: '/x', notYet: new Set() })
  expect(problems.map(({ message }) => message)).toEqual(notices)
  if (jobset?.search === undefined) throw new Error('no search')
  return jobset.search
}

test('everything at once', () => {
  const search = parse(`python: {initialize: {build_file: build.py, required_files: [{path: model/}]}}
params: {day: mo}
search:
  command: mpiexec -n $DIST_CORES nrniv -python -mpi init.py {{tau}}
  setup: conda activate netpyne
  workdir: ./model/
  job_type: sh
  resources: {cores: 5, memory: 4GiB}
  comm_type: socket
  algorithm: optuna
  params:
    nmda.PYR->BC: [1.0e-3, 1.8e-3]
    ampa.PYR->BC: {choice: [0.2e-3, 0.5e-3, 3]}
    g: {uniform: [0, 1]}
    n: {int: [1, 10], step: 3}
    tau: 5.0
  metric: [loss, rate]
  mode: [min, max]
  num_samples: 27
  max_concurrent: 3
  batch: false
  seed: 1
  points_to_evaluate: [{g: 1, n: 4, nmda.PYR->BC: 1.38e-3}]
  algorithm_config: {n_startup_trials: 10, sampler: tpe}
  timeout: 2h
  retries: 1
  on_failure: {penalty: 1e9}
  args: ['--g={{g}}']
  env: {A: 1}
  label: ca3
  report: [config, data]
  prune_metadata: false
  batchtk: {delimiter: '*=', keys: {saveFolder: dir, simLabel: label}}
`)
  expect(search).toEqual({
    label: 'ca3',
    command: 'mpiexec -n $DIST_CORES nrniv -python -mpi init.py {{tau}}',
    script: null,
    setup: 'conda activate netpyne',
    workdir: 'model',
    jobType: 'sh',
    scheduler: null,
    commType: 'socket',
    params: [
      { name: 'nmda.PYR->BC', domain: { kind: 'float', low: 0.001, high: 0.0018, log: false, step: null } },
      {
        name: 'ampa.PYR->BC',
        domain: {
          kind: 'choice',
          values: {
            kind: 'list',
            values: [
              { kind: 'float', value: 0.0002 },
              { kind: 'float', value: 0.0005 },
              { kind: 'int', value: 3 },
            ],
          },
        },
      },
      { name: 'g', domain: { kind: 'float', low: 0, high: 1, log: false, step: null } },
      { name: 'n', domain: { kind: 'int', low: 1, high: 10, log: false, step: 3 } },
      { name: 'tau', domain: { kind: 'constant', value: { kind: 'float', value: 5 } } },
    ],
    points: [
      [
        ['g', { kind: 'float', value: 1 }],
        ['n', { kind: 'int', value: 4 }],
        ['nmda.PYR->BC', { kind: 'float', value: 0.00138 }],
      ],
    ],
    algorithm: 'optuna',
    algorithmConfig: { n_startup_trials: 10, sampler: 'tpe' },
    metrics: [
      { name: 'loss', mode: 'min' },
      { name: 'rate', mode: 'max' },
    ],
    numSamples: 27,
    maxConcurrent: 3,
    batch: false,
    seed: 1,
    onFailure: { kind: 'penalty', value: 1e9 },
    batchtk: {
      delimiter: '*=',
      keys: [
        ['saveFolder', 'folder'],
        ['simLabel', 'label'],
      ],
    },
    report: ['config', 'data'],
    pruneMetadata: false,
    options: {
      ...defaultOptions,
      demand: { cores: { min: 5, max: 5 }, memory: 4 * 2 ** 30, gpus: 0, disk: null },
      timeLimit: 7_200_000,
      retries: { max: 1, on: ['lost'], backoff: 10_000 },
      args: ['--g={{g}}'],
      env: { A: '1' },
      params: { day: 'mo' },
    },
  })
})

test('a search that says nothing has the defaults of the document', () => {
  expect(parse('python: {}\nsearch: {command: python3 run.py, params: {x0: [0, 3]}}\n')).toEqual({
    ...{
      label: 'search',
      command: 'python3 run.py',
      script: null,
      setup: null,
      workdir: null,
      jobType: 'sh',
      scheduler: null,
      commType: 'auto',
    },
    params: [
      {
        name: 'x0',
        domain: {
          kind: 'grid',
          values: {
            kind: 'list',
            values: [
              { kind: 'int', value: 0 },
              { kind: 'int', value: 3 },
            ],
          },
        },
      },
    ],
    ...{ points: [], algorithm: 'grid', algorithmConfig: {}, metrics: [{ name: 'loss', mode: 'min' }], numSamples: 1, maxConcurrent: 1 },
    // grid: no result changes what comes next, so nothing is gained by waiting for a generation
    ...{ batch: false, seed: null, onFailure: { kind: 'skip' }, report: ['path', 'config', 'data'], pruneMetadata: true },
    batchtk: {
      delimiter: 'auto',
      keys: [
        ['saveFolder', 'folder'],
        ['simLabel', 'label'],
      ],
    },
    options: { ...defaultOptions, demand: { ...defaultOptions.demand, cores: { min: 1, max: 1 } } },
  })
  expect(parse('shell:\nsearch: {command: x, algorithm: optuna, params: {x0: [0, 3]}}\n').batch).toBe(true)
  expect(parse('shell:\nsearch: {command: x, batch: true, params: {x0: [0, 3]}}\n').batch).toBe(true)
})

test('the grids of the documents', () => {
  const points = (params: string) => {
    const spec = parse(`shell:\nsearch: {command: x, params: ${params}}\n`)
    const space = newSpace(spec, 0)
    return Array.from({ length: space.total([spec.numSamples]) }, (_, index) => space.params(index, [1]).map(([, value]) => plain(value)))
  }
  expect(points('{x0: [0, 3], x1: [0, 3]}')).toEqual([
    [0, 0],
    [0, 3],
    [3, 0],
    [3, 3],
  ])
  expect(points('{x0_x1: {coupled: [[0, 0], [1, 1], [2, 4]]}}')).toEqual([[[0, 0]], [[1, 1]], [[2, 4]]])
  expect(points('{xn.0: {range: 5}, xn.1: {arange: [0, 5]}}')).toHaveLength(25)
  expect(
    points('{a: {linspace: [1.0e-3, 1.8e-3, 3]}, b: {linspace: [0.2e-3, 0.5e-3, 3]}, c: {linspace: [0.4e-3, 1.0e-3, 3]}}'),
  ).toHaveLength(27)
})

test('optimisers say once that a list is a choice', () => {
  const search = parse('shell:\nsearch: {command: x, algorithm: optuna, params: {a: [1, 2, 3], b: [x, y]}}\n', [
    'optuna takes these values as a choice, it does not try all of them (and in 1 more place)',
  ])
  expect(search.params.map(({ domain }) => domain.kind)).toEqual(['choice', 'choice'])
})

test('run_config becomes resources, a limit and the fields of the scheduler, the search itself wins', () => {
  const onOneNode = (type: string) => `${type}: a trial runs on one ordinary node, with the cores, memory and time of run_config as its own`
  const text = (rest: string) => `shell:\nresources: {memory: 1GiB}\nsge: {project: p, queue: slow}\nsearch: {params: {x: [1]}, ${rest}}\n`
  const sge = parse(
    text(
      "job_type: sge, run_config: {queue: cpu.q, cores: 8, vmem: 8G, realtime: '24:00:00', command: mpiexec -n $NSLOTS -hosts $(hostname) init.py}",
    ),
    [`${onOneNode('sge')}; '-hosts $(hostname)' is left out of its command`],
  )
  expect(sge).toMatchObject({
    jobType: 'sge',
    command: 'mpiexec -n $NSLOTS init.py',
    options: { demand: { cores: { min: 8, max: 8 }, memory: 8 * 2 ** 30 }, timeLimit: 86_400_000 },
  })
  expect(sge.scheduler).toEqual({ project: 'p', queue: 'cpu.q', pe: 'smp 8', h_vmem: '8G', h_rt: '24:00:00' })
  const slurm = parse(
    text(
      'job_type: ssh_slurm, command: x, resources: {cores: 2}, timeout: 1h, run_config: {allocation: A, nodes: 2, coresPerNode: 4, mem: 2G, realtime: 00:30:00, options: ["--gpus=3"]}',
    ),
    [onOneNode('slurm')],
  )
  expect(slurm).toMatchObject({
    jobType: 'slurm',
    options: { demand: { cores: { min: 2, max: 2 }, memory: 2 * 2 ** 30 }, timeLimit: 3_600_000 },
  })
  expect(slurm.scheduler).toEqual({ account: 'A', nodes: 2, ntasks_per_node: 4, mem: '2G', time: '00:30:00', options: '--gpus=3' })
  expect(parse(text('command: x, run_config: {cores: 3}'))).toMatchObject({
    scheduler: null,
    options: { demand: { cores: { min: 3, max: 3 }, memory: 2 ** 30 } },
  })
})

test('what the jobset says holds for trials, where the search says nothing', () => {
  const text = 'shell:\nresources: {cores: 4}\nmax_concurrent: 7\ntime_limit: 1h\nargs: [a]\nretries: {max: 3}\n'
  const below = parse(`${text}search: {command: x, params: {x: [1]}}\n`)
  expect(below).toMatchObject({
    maxConcurrent: 7,
    options: { demand: { cores: { min: 4, max: 4 } }, timeLimit: 3_600_000, args: ['a'], retries: { max: 3 } },
  })
  const over = parse(`${text}search: {command: x, params: {x: [1]}, max_concurrent: 2, time_limit: 2h, retries: {max: 1, on: [timeout]}}\n`)
  expect(over).toMatchObject({ maxConcurrent: 2, options: { timeLimit: 7_200_000, retries: { max: 1, on: ['timeout'] } } })
})

test('options of batchtools that do nothing here are taken with a notice each', () => {
  const keys = [
    'output_path',
    'checkpoint_path',
    'sample_interval',
    'attempt_restore',
    'clean_checkpoint',
    'advanced_logging',
    'file_cleanup',
    'ray_config',
  ]
  const { jobset, problems } = parseJobset(
    `${meta}shell:\nsearch: {command: x, params: {x: [1]}, ${keys.map((key) => `${key}: 1`).join(', ')}}\n`,
    { file: 'j', folder: '/', notYet: new Set() },
  )
  expect(problems.map(({ severity, path }) => `${severity} ${path}`)).toEqual(keys.map((key) => `notice search.${key}`))
  expect(jobset?.search).toBeDefined()
})

test('other spellings: algorithms, ways to report, a search without metrics, an image', () => {
  const search = (rest: string) => parse(`shell:\nsearch: {command: x, params: {x: {uniform: [0, 1]}}, ${rest}}\n`)
  expect(search('algorithm: nsga2, algorithm_config: {population_size: 8}')).toMatchObject({
    algorithm: 'optuna',
    algorithmConfig: { sampler: 'nsgaii', population_size: 8 },
  })
  expect(search('algorithm: axe').algorithm).toBe('ax')
  expect(search('comm_type: sfs').commType).toBe('filesystem')
  expect(search('metric: none').metrics).toEqual([])
  expect(search('batchtk: {keys: pointers}').batchtk.keys[0]).toEqual(['_batchtk_path_pointer', 'folder'])
  expect(search('algorithm: halving, algorithm_config: {budget: steps, max: 27}, args: ["{{steps}}"]')).toMatchObject({
    algorithm: 'halving',
    algorithmConfig: { budget: 'steps', max: 27 },
  })
  expect(parse('apptainer: {initialize: {sif: a.sif}}\nsearch: {params: {x: [1]}}\n')).toMatchObject({ command: null, script: null })
  expect(parse('python:\nsearch: {file: run.py, params: {x: [1]}}\n').script).toMatchObject({ name: 'run.py', source: '/x/run.py' })
})

test('what batchtools lets algorithm_config say is read as keys of the search', () => {
  const search = (rest: string, notices: readonly string[] = []) =>
    parse(`shell:\nsearch: {command: x, params: {x: {uniform: [0, 1]}}, ${rest}}\n`, notices)
  expect(
    search(
      'algorithm: bayesopt, algorithm_config: {metric: fx, mode: max, max_concurrent: 4, batch: false, random_state: 42, random_search_steps: 3}',
    ),
  ).toMatchObject({
    ...{ metrics: [{ name: 'fx', mode: 'max' }], maxConcurrent: 4, batch: false, seed: 42 },
    algorithmConfig: { random_search_steps: 3 },
  })
  expect(
    search('algorithm: random, algorithm_config: {seed: 7, constant_grid_search: true}', [
      'random has nothing to configure: it is not used',
    ]).seed,
  ).toBe(7)
})

test('a search can be stored and sent as JSON', () => {
  const search = parse(
    'shell:\nsearch: {command: x, params: {a: [1.0, ~, {b: [1]}], c: {coupled: [[1, 2]]}, r: {range: 3}}, points_to_evaluate: [{a: 1, c: 2, r: 9}]}\n',
  )
  expect(JSON.parse(JSON.stringify(search))).toEqual(search)
})
