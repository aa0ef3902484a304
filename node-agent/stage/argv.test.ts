// Units `bind_arg_1` and `bind_arg_2` of the original are here under their names.
import { expect, test } from 'vitest'
import type { AttemptId, JobsetUid, Sha256 } from '../../shared/model/ids.ts'
import type { JobsetInfo, Work } from '../core/work.ts'
import { bindArgument, buildArgv, jobArgv, needsPython } from './argv.ts'

type Job = Extract<Work, { kind: 'job' }>

const file = { name: 'f', sha256: 'c'.repeat(64) as Sha256, size: 1, mode: 0o644 }
const jobset: JobsetInfo = {
  uid: 'b'.repeat(16) as JobsetUid,
  namespace: 'a',
  batchName: 'b',
  kind: 'python',
  buildFile: null,
  buildCommand: null,
  sif: null,
  mounts: [],
  source: null,
  files: [],
  packed: false,
  share: false,
  trialRules: null,
}
const job: Job = {
  kind: 'job',
  id: 'a'.repeat(32) as AttemptId,
  uid: jobset.uid,
  cores: 4,
  slot: 0,
  jobName: 'j',
  number: 1,
  script: file,
  run: null,
  files: [],
  args: ['--fast', '$(reboot)'],
  env: {},
  timeLimit: null,
  params: null,
  nice: 0,
  save: null,
  memory: null,
  gpus: [],
  trial: null,
}
const has = (...programs: string[]) => ({
  w: '/some',
  blob: () => '/cache/image',
  find: (name: string) => (programs.includes(name) ? `/bin/${name}` : null),
})
const image = { ...jobset, kind: 'apptainer', sif: file }

test('bind_arg_1: save and input are bound with the names that an image knows', () => {
  expect(bindArgument('/some', [])).toBe('/some/distribute_save:/distribute_save:rw,/some/input:/input:rw')
})

test('bind_arg_2: a required mount is one more folder of the workspace', () => {
  expect(bindArgument('/some', ['/reqpath'])).toBe(
    '/some/distribute_save:/distribute_save:rw,/some/input:/input:rw,/some/_bind_path_0:/reqpath:rw',
  )
})

test.each(['/a,/etc:/b', '/a:ro', 'relative'])('a mount that the syntax of binds cannot say is refused: %s', (path) => {
  expect(() => bindArgument('/some', [path])).toThrow(path)
})

test('arguments follow the core count and no shell ever reads them', () => {
  expect(jobArgv(job, jobset, has('python3'))).toEqual(['python3', './job.py', '4', '--fast', '$(reboot)'])
  const shell = { ...job, script: null, run: 'make -j $1' }
  expect(jobArgv(shell, { ...jobset, kind: 'shell' }, has())).toEqual([
    '/bin/sh',
    '-eu',
    '-c',
    'make -j $1',
    'sh',
    '4',
    '--fast',
    '$(reboot)',
  ])
})

test('an image runs its app distribute, from where the blob lies; --nv only with a granted GPU', () => {
  const binds = '/some/distribute_save:/distribute_save:rw,/some/input:/input:rw'
  const run = ['run', '--app', 'distribute', '--bind', binds, '/cache/image', '4', '--fast', '$(reboot)']
  expect(jobArgv(job, image, has('apptainer', 'singularity'))).toEqual(['apptainer', ...run])
  expect(jobArgv(job, image, has('singularity'))).toEqual(['singularity', ...run])
  expect(jobArgv({ ...job, gpus: [0] }, image, has('apptainer'))).toEqual(expect.arrayContaining(['run', '--nv', '--app']))
})

test('a node without the container program says which one is missing', () => {
  expect(() => jobArgv(job, image, has())).toThrow('apptainer (or singularity)')
})

test('a node without python3 refuses python jobs, builds of a python jobset and code from elsewhere, and says why', () => {
  const none = has().find
  const source = { kind: 'git', url: 'https://h/r', ref: null, submodules: false } as const
  expect(() => jobArgv(job, jobset, has())).toThrow('no python3')
  expect(() => needsPython(jobset, none)).toThrow('no python3')
  expect(() => needsPython({ kind: 'shell', source }, none)).toThrow('needs python3 on this node')
  expect(() => needsPython({ kind: 'shell', source: null }, none)).not.toThrow()
  expect(() => needsPython({ kind: 'python', source }, has('python3').find)).not.toThrow()
})

test('a kind that this agent does not know is refused by name', () => {
  expect(() => jobArgv(job, { ...jobset, kind: 'wasm' }, has())).toThrow('"wasm"')
})

test('builds are called by kind, the core count is $1 of a command', () => {
  expect(buildArgv({ ...jobset, buildFile: file }, 2)).toEqual(['python3', './build.py'])
  expect(buildArgv({ ...jobset, kind: 'shell', buildCommand: 'make' }, 2)).toEqual(['/bin/sh', '-eu', '-c', 'make', 'sh', '2'])
  expect(buildArgv(image, 2)).toEqual([])
})
