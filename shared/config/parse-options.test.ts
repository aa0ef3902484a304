// What the optional keys and the other kinds mean once they are read.
import { expect, test } from 'vitest'
import { defaultOptions } from '../model/options.ts'
import { parseJobset } from './parse-jobset.ts'

const meta = 'meta: {batch_name: b, namespace: n}\n'

function parse(text: string) {
  const { jobset, problems } = parseJobset(text, { file: 'jobs.yaml', folder: '/x', notYet: new Set() })
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  if (jobset === null) throw new Error('no jobset')
  return jobset
}

test('every option of a jobset', () => {
  const jobset = parse(`${meta}python: {jobs: [{name: j, file: f}]}
resources: {cores: 4, memory: 8GiB, gpus: 1, disk: 20GB}
time_limit: 1h30m
retries: {max: 2, on: [exit, oom], backoff: 30s}
args: [--steps, 1.50, true]
env: {OMP_NUM_THREADS: 4, EMPTY: ""}
params: {re: 1.5, n: 010, hex: 0x1F, on: true, off: "true", no: ~, word: yes, list: [1, a], map: {x: 1e3}, day: 2020-01-01}
save: {only_on: success, exclude: ['*.tmp'], max_size: 20GiB}
nice: 10
priority: -5
after: [meshes, meshes]
max_fails: 10%
max_concurrent: 8
lost_after: 3s
collect: {results.json: json}
slurm: {partition: short}
sge: {pe: smp 4, priority: 3, queue: ~}
comment: for the paper
`)
  expect(jobset).toMatchObject({
    options: {
      demand: { cores: { min: 4, max: 4 }, memory: 8 * 2 ** 30, gpus: 1, disk: 20e9 },
      timeLimit: 5_400_000,
      retries: { max: 2, on: ['exit', 'oom'], backoff: 30_000 },
      args: ['--steps', '1.50', 'true'],
      env: { OMP_NUM_THREADS: '4', EMPTY: '' },
      save: { onlyOn: 'success', exclude: ['*.tmp'], maxSize: 20 * 2 ** 30 },
      nice: 10,
    },
    priority: -5,
    after: ['meshes'],
    maxFails: { share: 0.1 },
    maxConcurrent: 8,
    lostAfter: 3000,
    collect: { 'results.json': 'json' },
    slurm: { partition: 'short' },
    sge: { pe: 'smp 4', priority: 3 },
    comment: 'for the paper',
  })
  expect(jobset.options.params).toEqual({
    ...{ re: 1.5, n: 10, hex: 31, on: true, off: 'true', no: null },
    ...{ word: 'yes', list: [1, 'a'], map: { x: 1000 }, day: '2020-01-01' },
  })
})

test('a jobset that says nothing has the defaults, and so has one that says null', () => {
  const nulls = ['resources', 'time_limit', 'retries', 'args', 'env', 'params', 'save', 'nice', 'priority', 'after', 'max_fails']
  const more = ['max_concurrent', 'lost_after', 'collect', 'sge', 'comment', 'slurm']
  const silent = parse(`${meta}python: {jobs: [{name: j, file: f}]}\n`)
  const text = [...nulls, ...more].map((key) => `${key}: ~\n`).join('')
  const { jobs: _, ...rest } = parse(`${meta}python: {jobs: [{name: j, file: f, needs: ~, time_limit: ~, resources: ~}]}\n${text}`)
  expect(silent.options).toEqual(defaultOptions)
  expect(silent.jobs[0]).toMatchObject({ options: null, needs: [], run: null })
  expect(silent).toMatchObject(rest)
})

test('a job says what is other than in its jobset', () => {
  const { jobs } = parse(`${meta}python:
  jobs:
    - {name: a, file: f, resources: {memory: 1GiB}, env: {B: 2}, params: {x: 2}, args: [], retries: {max: 0}, save: {max_size: 1GiB}}
    - {name: b, file: f, needs: [a, a], resources: {cores: {max: 8}}, time_limit: 1h}
resources: {cores: 2, gpus: 1}
env: {A: 1, B: 1}
params: {x: 1, y: 1}
args: [--fast]
retries: {max: 3, on: [lost]}
save: {only_on: success}
`)
  expect(jobs.map(({ options, needs }) => ({ options, needs }))).toEqual([
    {
      needs: [],
      options: {
        demand: { cores: { min: 2, max: 2 }, memory: 2 ** 30, gpus: 1, disk: null },
        env: { A: '1', B: '2' },
        params: { x: 2, y: 1 },
        args: [],
        retries: { max: 0, on: ['lost'], backoff: 10_000 },
        save: { onlyOn: 'success', exclude: [], maxSize: 2 ** 30 },
      },
    },
    { needs: ['a'], options: { demand: { cores: { min: 1, max: 8 }, memory: null, gpus: 1, disk: null }, timeLimit: 3_600_000 } },
  ])
})

test('tries without a word on what for leave lost nodes their own', () => {
  const { options } = parse(`${meta}python: {jobs: [{name: j, file: f}]}\nretries: {max: 2}\n`)
  expect(options.retries).toEqual({ max: 2, on: ['exit', 'timeout', 'oom'], backoff: 10_000 })
})

test('the numbers and switches of a JSON jobset are read the fast way', () => {
  const text = JSON.stringify({
    meta: { batch_name: 'b', namespace: 'n' },
    python: { jobs: [{ name: 'j', file: 'f', params: { a: 1.5, b: false, c: '2' }, resources: { cores: 2 } }] },
    max_fails: 3,
  })
  const { jobset, draft } = parseJobset(text, { file: 'jobs.json', folder: '/x', notYet: new Set() })
  expect(draft.placed).toBe(false)
  expect(jobset).toMatchObject({
    jobs: [{ options: { params: { a: 1.5, b: false, c: '2' }, demand: { cores: { min: 2, max: 2 } } } }],
    maxFails: { count: 3 },
  })
})

test.each(['apptainer', 'singularity'])('a jobset of the kind %s', (word) => {
  const jobset = parse(`${meta}${word}:
  initialize:
    sif: solver.sif
    required_files: ~
    required_mounts: [/out/, /var//x]
  jobs:
    - {name: a, required_files: [{path: a.json, alias: input.json}]}
    - {name: b, required_files: ~, slurm: {nodes: 1}}
`)
  expect(jobset).toMatchObject({
    kind: 'apptainer',
    initialize: { sif: { name: 'solver.sif', source: '/x/solver.sif' }, mounts: ['/out/', '/var//x'], buildFile: null, build: null },
    jobs: [
      { name: 'a', script: null, run: null, files: [{ name: 'input.json' }] },
      { name: 'b', slurm: { nodes: 1 } },
    ],
  })
})

test('a jobset of shell commands', () => {
  const jobset = parse(`${meta}shell:
  initialize:
    build: |
      cd input
      make
    source: {git: "git@lab.org:anna/solver.git", ref: v1.2}
    share: true
  jobs:
    - {name: a, run: ./solve "$1"}
`)
  expect(jobset).toMatchObject({
    kind: 'shell',
    initialize: {
      build: 'cd input\nmake\n',
      source: { kind: 'git', url: 'git@lab.org:anna/solver.git', ref: 'v1.2', submodules: false },
      share: true,
    },
    jobs: [{ name: 'a', run: './solve "$1"', script: null }],
  })
})

test('an archive is known by its sum', () => {
  const sum = 'AB'.repeat(32)
  const { initialize } = parse(`${meta}python:
  initialize: {source: {archive: "https://lab.org/a.tar.gz", sha256: ${sum}}}
  jobs: [{name: j, file: f}]
`)
  expect(initialize.source).toEqual({ kind: 'archive', url: 'https://lab.org/a.tar.gz', sha256: sum.toLowerCase() })
})
