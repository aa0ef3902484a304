// The folder trees of the user's document, file by file, as the real build and job scripts see them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Finished__Output } from '../../shared/wire/gen/dist/Finished.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'

const head = new FakeHead()
const agent = new AgentProcess()
let build: Finished__Output
let first: Finished__Output
let second: Finished__Output

/** Prints the tree below the current folder, what it was called with, and its environment. */
const look = `
import os, sys, json
tree = sorted(os.path.join(folder, name)[2:] + ('/' if name in folders else '')
    for folder, folders, files in os.walk('.') for name in folders + files if '__pycache__' not in folder + name)
print(json.dumps({'tree': tree, 'argv': sys.argv, 'cwd': os.getcwd(), 'env': dict(os.environ)}))
`
const buildScript = `
import os
from initial_files import helper
${look}
assert helper.answer == 42
os.makedirs('STREAmS/src')
open('STREAmS/src/main.f90', 'w').write('program main')
open('distribute_save/build.log', 'w').write('built')
open('input/left_by_build.txt', 'w').write('x')
`
const jobScript = `
import os
from input import helper
${look}
assert helper.answer == 42
open('distribute_save/out.txt', 'w').write('result of ' + os.environ['DIST_JOB'])
open('input/file1.txt', 'w').write('changed by a job')
open('input/left_by_job.txt', 'w').write('x')
`

beforeAll(async () => {
  await head.start()
  agent.start(head)
  const session = await head.session()
  const files = [
    { name: 'file1.txt', content: 'one' },
    { name: 'file2.txt', content: 'two' },
    { name: 'helper.py', content: 'answer = 42\n' },
  ]
  const jobset = head.jobset({ build: buildScript, files })
  build = await head.build(session, jobset, 2)
  const job1 = head.job(jobset.uid, jobScript, { name: 'job_1', cores: 2, files: [{ name: 'file3.txt', content: 'three' }] })
  const job2 = head.job(jobset.uid, `${jobScript}# another script\n`, { name: 'job_2', cores: 2 })
  session.send({ assign: [job1, job2] })
  first = await head.result(job1.attempt_id)
  second = await head.result(job2.attempt_id)
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

interface Seen {
  readonly tree: readonly string[]
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

function seen(result: Finished__Output): Seen {
  const text = result.stdout.toString()
  if (!text.startsWith('{')) throw new Error(text)
  return JSON.parse(text.split('\n')[0] ?? '') as Seen
}

test('a build finds its script as build.py, and the init files under their aliases in initial_files and in input', () => {
  const inputs = ['file1.txt', 'file2.txt', 'helper.py']
  expect(seen(build).tree).toEqual(
    [
      'build.py',
      'distribute_save/',
      'initial_files/',
      ...inputs.map((n) => `initial_files/${n}`),
      'input/',
      ...inputs.map((n) => `input/${n}`),
    ].sort(),
  )
  expect(build.outcome).toBe('succeeded')
  expect(build.build).toBe(true)
})

test('what a build leaves in distribute_save comes with its result', () => {
  expect(build.files.map((file) => [file.path, file.data.toString()])).toEqual([['build.log', 'built']])
})

test('the first job finds job.py, refreshed input with its own files, an empty distribute_save and what the build left', () => {
  expect(seen(first).tree).toEqual(
    [
      'STREAmS/',
      'STREAmS/src/',
      'STREAmS/src/main.f90',
      'distribute_save/',
      'initial_files/',
      'initial_files/file1.txt',
      'initial_files/file2.txt',
      'initial_files/helper.py',
      'input/',
      'input/file1.txt',
      'input/file2.txt',
      'input/file3.txt',
      'input/helper.py',
      'job.py',
    ].sort(),
  )
})

test('the second job finds neither the files of the first nor what it left in input and distribute_save', () => {
  expect(seen(second).tree).toEqual(seen(first).tree.filter((path) => path !== 'input/file3.txt'))
})

test('jobs save what they put into distribute_save', () => {
  expect(first.files.map((file) => [file.path, file.data.toString()])).toEqual([['out.txt', 'result of job_1']])
  expect(second.files.map((file) => [file.path, file.data.toString()])).toEqual([['out.txt', 'result of job_2']])
})

test('a job is called with the granted cores, a build without arguments', () => {
  expect(seen(build).argv).toEqual(['./build.py'])
  expect(seen(first).argv).toEqual(['./job.py', '2'])
})

test('the environment says what a job may ask, and holds nothing of the agent beyond PATH and HOME', () => {
  const { env, cwd } = seen(first)
  expect(env).toMatchObject({
    DIST_CORES: '2',
    OMP_NUM_THREADS: '2',
    DIST_JOBSET: 'anna/sweep',
    DIST_JOB: 'job_1',
    DIST_ATTEMPT: first.attempt_id,
    DIST_SAVE_DIR: `${cwd}/distribute_save`,
    DIST_INPUT_DIR: `${cwd}/input`,
    PYTHONUNBUFFERED: '1',
    PWD: cwd,
    HOME: agent.home,
  })
  const known = ['PATH', 'HOME', 'PWD', 'OMP_NUM_THREADS', 'PYTHONUNBUFFERED', 'LC_CTYPE']
  expect(Object.keys(env).filter((key) => !known.includes(key) && !key.startsWith('DIST_'))).toEqual([])
})
