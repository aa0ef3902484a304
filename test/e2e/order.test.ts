// What comes after what, and what is tried again: retries, needs, after, max_fails, `dist retry`, draining a node.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { ended, findJobset, jobsOf, running } from '../support/jobset-state.ts'
import { processesOf } from '../support/processes.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

/** Writes `<batch>.yaml` from lines below `meta:`, and job.py, which fails as often as `input/fails.txt` says. */
function write(batch: string, lines: readonly string[]): string {
  const folder = join(head.root, 'jobs')
  mkdirSync(folder, { recursive: true })
  const marks = join(head.root, 'marks')
  mkdirSync(marks, { recursive: true })
  const script = [
    'import os, sys, time',
    `mark = os.path.join(${JSON.stringify(marks)}, os.environ["DIST_JOBSET"].replace("/", "_") + "_" + os.environ["DIST_JOB"])`,
    'with open(mark, "a") as f: f.write(os.environ["DIST_NODE"] + "\\n")',
    'n = len(open(mark).readlines())',
    'print("try", n)',
    'fails = int(open("input/fails.txt").read()) if os.path.exists("input/fails.txt") else 0',
    'time.sleep(0.05)',
    'sys.exit(3 if n <= fails else 0)',
    '',
  ].join('\n')
  writeFileSync(join(folder, 'job.py'), script)
  for (const n of [1, 2, 99]) writeFileSync(join(folder, `${n}.txt`), String(n))
  const file = join(folder, `${batch}.yaml`)
  writeFileSync(file, [`meta: {batch_name: ${batch}, namespace: test, capabilities: []}`, ...lines, ''].join('\n'))
  return file
}

const job = (name: string, more = ''): string => `    - {name: ${name}, file: job.py${more}}`
const failing = (times: number): string => `, required_files: [{path: ${times}.txt, alias: fails.txt}]`
const runs = (batch: string, name: string): string[] => {
  const mark = join(head.root, 'marks', `test_${batch}_${name}`)
  return existsSync(mark) ? readFileSync(mark, 'utf8').trim().split('\n') : []
}

test('a job that fails is tried again on another node first, and its first output is kept beside', async () => {
  await startAgent(head, { name: 'one' })
  await startAgent(head, { name: 'two' })
  // Two jobs first, so that both nodes have built when the third fails.
  const jobs = [job('x'), job('y'), job('flaky', `, needs: [x, y]${failing(1)}`)]
  const file = write('again', ['retries: {max: 2, on: [exit], backoff: 0s}', 'python:', '  jobs:', ...jobs])
  await distOk(head, ['add', file])
  expect((await ended(head, 'again')).state).toBe('succeeded')
  const [first, second] = runs('again', 'flaky')
  expect(first).not.toBe(second)
  expect(readFileSync(join(head.data, 'results/test/again/.attempts/flaky/1/stdout.txt'), 'utf8')).toBe('try 1\n')
  expect(readFileSync(join(head.data, 'results/test/again/flaky/stdout.txt'), 'utf8')).toBe('try 2\n')
})

test('jobs start when what they need succeeded; what needs a failed job is skipped with the reason', async () => {
  await startAgent(head)
  const lines = [
    'python:',
    '  jobs:',
    job('last', ', needs: [first]'),
    job('first'),
    job('bad', failing(99)),
    job('after_bad', ', needs: [bad]'),
  ]
  await distOk(head, ['add', write('chain', lines)])
  const jobset = await ended(head, 'chain')
  expect(jobset.state).toBe('failed')
  expect(jobset.counts).toMatchObject({ succeeded: 2, failed: 1, skipped: 1 })
  const jobs = new Map((await jobsOf(head, 'chain')).map((item) => [item.name, item]))
  expect(jobs.get('last')?.startedAt).toBeGreaterThanOrEqual(jobs.get('first')?.finishedAt ?? Infinity)
  expect(jobs.get('after_bad')).toMatchObject({ state: 'skipped', notices: ["it needs 'bad', which did not succeed"] })
})

test('a batch starts after the one that it names, and its order outlives a restart of the head', async () => {
  await distOk(head, ['add', write('early', ['python:', '  jobs:', job('a')])])
  await distOk(head, ['add', write('late', ['after: [early]', 'python:', '  jobs:', job('b')])])
  expect((await findJobset(head, 'late')).counts).toMatchObject({ waiting: 1, ready: 0 })
  await head.kill('SIGKILL')
  await head.restart()
  await startAgent(head)
  expect((await ended(head, 'late')).state).toBe('succeeded')
  expect((await findJobset(head, 'early')).state).toBe('succeeded')
})

test('max_fails stops a jobset that only fails', async () => {
  await startAgent(head)
  const many = Array.from({ length: 30 }, (_, i) => job(`j${i}`, failing(99)))
  await distOk(head, ['add', write('hopeless', ['max_fails: 3', 'python:', '  jobs:', ...many])])
  const jobset = await ended(head, 'hopeless')
  expect(jobset.state).toBe('failed')
  expect(jobset.reason).toContain('max_fails is 3')
  expect(jobset.counts.failed).toBeGreaterThanOrEqual(3)
  expect(jobset.counts.failed).toBeLessThan(10)
})

test('dist retry runs again what failed, and only that', async () => {
  await startAgent(head)
  await distOk(head, ['add', write('second', ['python:', '  jobs:', job('good'), job('bad', failing(1))])])
  expect((await ended(head, 'second')).state).toBe('failed')
  await distOk(head, ['retry', 'test/second'])
  expect((await ended(head, 'second')).state).toBe('succeeded')
  expect(runs('second', 'good')).toHaveLength(1)
  expect(readFileSync(join(head.data, 'results/test/second/bad/stdout.txt'), 'utf8')).toBe('try 2\n')
  expect(readFileSync(join(head.data, 'results/test/second/.attempts/bad/1/stdout.txt'), 'utf8')).toBe('try 1\n')
  const { code, stderr } = await dist(head, ['retry', 'test/second'])
  expect(code).toBe(1)
  expect(stderr).toContain('nothing of it ended badly')
})

test('dist node drain lets the job finish, takes nothing new and leaves no process', async () => {
  const agent = await startAgent(head, { name: 'tired' })
  const folder = join(head.root, 'jobs')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'slow.py'), 'import time\ntime.sleep(1)\nprint("whole")\n')
  const file = join(folder, 'slow.yaml')
  const jobs = [1, 2, 3].map((n) => `    - {name: s${n}, file: slow.py}`)
  writeFileSync(file, ['meta: {batch_name: slow, namespace: test, capabilities: []}', 'python:', '  jobs:', ...jobs, ''].join('\n'))
  await distOk(head, ['add', file])
  await running(head, 'slow')
  await distOk(head, ['node', 'drain', 'tired'])
  expect((await agent.exited()).code).toBe(0)
  expect(processesOf(agent.work)).toEqual([])
  const { counts } = await findJobset(head, 'slow')
  expect(counts).toMatchObject({ succeeded: 1, ready: 2, running: 0, claimed: 0 })
})
