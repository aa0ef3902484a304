import { expect, test } from 'vitest'
import type { JobSpec, Jobset, SlurmFields } from '../../shared/model/jobset.ts'
import { defaultOptions, type JobOptions } from '../../shared/model/options.ts'
import { planBundle } from './plan-bundle.ts'
import { sge } from './sge.ts'
import { slurm } from './slurm.ts'

type Job = Partial<Omit<JobSpec<never>, 'name'>>

function jobset(jobs: Readonly<Record<string, Job>>, fields: SlurmFields | null = null, options: Partial<JobOptions> = {}): Jobset<never> {
  const empty = { script: null, run: 'true', files: [], slurm: null, needs: [], options: null }
  const meta = { batchName: 'my batch', namespace: 'n', capabilities: [], matrix: null }
  const initialize = { buildFile: null, build: null, sif: null, mounts: [], source: null, share: false, files: [] }
  const rest = { priority: 0, after: [], maxFails: null, maxConcurrent: null, lostAfter: null, collect: null, comment: null }
  return {
    ...{ kind: 'shell', meta, initialize, slurm: fields, sge: fields, ...rest },
    options: { ...defaultOptions, ...options },
    jobs: Object.entries(jobs).map(([name, job]) => ({ ...empty, name, ...job })),
  }
}

const facts = (set: Jobset<never>) => planBundle(set, slurm).jobs.map(({ folder, name, asked }) => [folder, name, asked.fields])

test('field by field a job wins; its name is its own job_name, and the jobset’s only where it has no fields', () => {
  const set = jobset(
    { a: { slurm: { ntasks: 4 } }, b: {}, c: { slurm: { job_name: 'first', time: '00:10:00' } } },
    { job_name: 'all', ntasks: 2, partition: 'short' },
  )
  expect(facts(set)).toEqual([
    ['a', 'a', { job_name: 'all', ntasks: 4, partition: 'short' }],
    ['b', 'all', { job_name: 'all', ntasks: 2, partition: 'short' }],
    ['first', 'first', { job_name: 'first', ntasks: 2, partition: 'short', time: '00:10:00' }],
  ])
})

test('no folder is one of ours or another job’s', () => {
  const set = jobset({
    input: {},
    dist: {},
    x: { slurm: { job_name: 'y' } },
    y: {},
    slurm_array_1: {},
    odd: { slurm: { job_name: '../up' } },
  })
  expect(planBundle(set, slurm).jobs.map(({ folder }) => folder)).toEqual(['input_2', 'dist_2', 'y', 'y_2', 'job_slurm_array_1', 'odd'])
})

test('jobs that ask for the same are one array; needs come in later levels', () => {
  const set = jobset({ last: { needs: ['b', 'a'] }, a: {}, b: { needs: ['a'] }, big: { slurm: { ntasks: 9 } }, c: {} })
  const groups = planBundle(set, slurm).groups.map(({ level, jobs }) => [level, jobs.map(({ folder }) => folder)])
  expect(groups).toEqual([
    [0, ['a', 'c']],
    [0, ['big']],
    [1, ['b']],
    [2, ['last']],
  ])
})

test('a chain of 20 000 needs is no deep recursion', () => {
  const jobs = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`j${n}`, { needs: n === 19_999 ? [] : [`j${n + 1}`] }]))
  expect(planBundle(jobset(jobs), slurm).groups).toHaveLength(20_000)
})

const directives = (fields: SlurmFields, options: Partial<JobOptions> = {}) =>
  slurm.directives({ fields, options: { ...defaultOptions, ...options } })

test('slurm: the fields in the order of the original, others ignored', () => {
  const fields = {
    mail_type: 'END',
    time: '00:30:00',
    ntasks: 2,
    output: 'log file.txt',
    partition: 'short',
    'cpus-per-task': 9,
    hint: 'nomultithread',
  }
  expect(directives(fields)).toEqual([
    '--output="log file.txt"',
    '--ntasks=2',
    '--hint=nomultithread',
    '--time=00:30:00',
    '--partition=short',
    '--mail-type=END',
  ])
})

test('slurm: resources and time_limit say what the fields do not', () => {
  const demand = { cores: { min: 2, max: 4 }, memory: 1.5 * 2 ** 30, gpus: 2, disk: null }
  expect(directives({}, { demand, timeLimit: 90_000 })).toEqual(['--cpus-per-task=4', '--mem=1536M', '--gres=gpu:2', '--time=3'])
  expect(directives({ cpus_per_task: 8, mem_per_cpu: '1G', time: '1:00' }, { demand, timeLimit: 90_000 })).toEqual([
    ...['--cpus-per-task=8', '--mem-per-cpu=1G', '--time=1:00', '--gres=gpu:2'],
  ])
  expect(directives({})).toEqual(['--nodes=1', '--exclusive'])
})

test.each(['a\nb', 'x" --wrap="y'])('slurm: %j cannot become another line or option', (text) => {
  expect(() => directives({ partition: text })).toThrow('slurm.partition has a quote or a control character')
})

test('sge: options of qsub are options, everything else a resource', () => {
  const asked = { fields: { pe: 'smp 4', queue: 'all.q', h_vmem: '2G', job_name: 'n' }, options: { ...defaultOptions, timeLimit: 1500 } }
  expect(sge.directives(asked)).toEqual(['-S /bin/sh', '-cwd', '-j y', '-pe smp 4', '-q all.q', '-l h_vmem=2G', '-l h_rt=62'])
  expect(() => sge.directives({ ...asked, fields: { 'pe\n#$ -q x': 'y' } })).toThrow('cannot be said to qsub')
})
