// Several jobs on a node at once: never more than its cores, each with its own share; a job for the whole node gets it;
// every slot works on a build of its own; head and agent may die meanwhile.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { ended, findJobset, jobsOf } from '../support/jobset-state.ts'
import { until } from '../support/until.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

function write(batch: string, lines: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  const folder = join(head.root, 'jobs')
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const file = join(folder, `${batch}.yaml`)
  writeFileSync(file, [`meta: {batch_name: ${batch}, namespace: test, capabilities: []}`, ...lines, ''].join('\n'))
  return file
}

interface Span {
  readonly begin: number
  readonly end: number
  readonly cores: number
  readonly gpus: string
}

/** A shell job that writes down when it ran and what it was given. */
const spanJob = (name: string, seconds: number, more = ''): string =>
  `    - {name: ${name}${more}, run: 'date +%s%N > distribute_save/begin; echo $1 $DIST_CORES > distribute_save/cores; echo "\${CUDA_VISIBLE_DEVICES-unset}" > distribute_save/gpus; sleep ${seconds}; date +%s%N > distribute_save/end'}`

function span(batch: string, name: string): Span {
  const read = (file: string): string => readFileSync(join(head.data, 'results/test', batch, name, file), 'utf8').trim()
  const [argument, variable] = read('cores').split(' ')
  expect(argument).toBe(variable)
  return { begin: Number(read('begin')) / 1e6, end: Number(read('end')) / 1e6, cores: Number(argument), gpus: read('gpus') }
}

/** The most cores that were in use at the same moment. */
function mostCores(spans: readonly Span[]): number {
  return Math.max(
    ...spans.map(({ begin }) =>
      spans.filter((other) => other.begin <= begin && begin < other.end).reduce((sum, { cores }) => sum + cores, 0),
    ),
  )
}

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

test('64 one-core jobs on a node with 4 cores: four at once, never five', async () => {
  await startAgent(head, { cores: 4 })
  const jobs = names('j', 64)
  await distOk(head, ['add', write('many', ['resources: {cores: 1}', 'shell:', '  jobs:', ...jobs.map((name) => spanJob(name, 0.1))])])
  expect((await ended(head, 'many')).counts.succeeded).toBe(64)
  const spans = jobs.map((name) => span('many', name))
  expect(mostCores(spans)).toBe(4)
  expect(new Set(spans.map(({ cores }) => cores))).toEqual(new Set([1]))
})

test('a job for the whole node runs alone, in its turn, amid a stream of small ones; a range gets what is free', async () => {
  await startAgent(head, { cores: 4 })
  const small = names('s', 24)
  const lines = [
    ...small.slice(0, 8).map((name) => spanJob(name, 0.2)),
    spanJob('whole', 0.2, ', resources: {cores: all}'),
    ...small.slice(8).map((name) => spanJob(name, 0.2)),
    spanJob('range', 0.1, ', resources: {cores: {min: 2, max: 16}}'),
  ]
  await distOk(head, ['add', write('mixed', ['resources: {cores: 1}', 'shell:', '  jobs:', ...lines])])
  expect((await ended(head, 'mixed')).state).toBe('succeeded')
  const whole = span('mixed', 'whole')
  expect(whole.cores).toBe(4)
  const spans = small.map((name) => span('mixed', name))
  expect(spans.filter(({ begin, end }) => begin < whole.end && whole.begin < end)).toEqual([])
  // Not last: it had its turn.
  expect(spans.filter(({ begin }) => begin > whole.end).length).toBeGreaterThan(4)
  expect(mostCores([...spans, whole, span('mixed', 'range')])).toBeLessThanOrEqual(4)
  expect(span('mixed', 'range').cores).toBeGreaterThanOrEqual(2)
})

test('GPUs are granted by index: never the same to two jobs at once, and none to a job that asks for none', async () => {
  await startAgent(head, { cores: 4, flags: ['--gpus', '2'] })
  const jobs = names('g', 6)
  const lines = [...jobs.map((name) => spanJob(name, 0.2, ', resources: {gpus: 1}')), spanJob('none', 0.1)]
  await distOk(head, ['add', write('gpus', ['resources: {cores: 1}', 'shell:', '  jobs:', ...lines])])
  expect((await ended(head, 'gpus')).state).toBe('succeeded')
  const spans = jobs.map((name) => span('gpus', name))
  for (const index of ['0', '1']) expect(mostCores(spans.filter(({ gpus }) => gpus === index))).toBe(1)
  expect(span('gpus', 'none').gpus).toBe('')
})

const build = `import subprocess, sys, os, time
subprocess.run([sys.executable, "-m", "venv", "--without-pip", "env"], check=True)
open("solver.txt", "w").write("built")
print("built in", os.getcwd())
`
const script = `import os, subprocess, time
interpreter = os.path.abspath("env/bin/python")
prefix = subprocess.run([interpreter, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True).stdout.strip()
assert prefix == os.path.abspath("env"), prefix
assert open("solver.txt").read() == "built"
mine = [n for n in os.listdir(".") if n.startswith("left_")]
open("left_" + os.environ["DIST_JOB"], "w").close()
open("distribute_save/seen.txt", "w").write(",".join(sorted(mine)))
open("distribute_save/slot.txt", "w").write(os.environ["DIST_SLOT"])
open("distribute_save/begin", "w").write(str(time.time_ns()))
time.sleep(0.3)
open("distribute_save/end", "w").write(str(time.time_ns()))
`

for (const views of ['auto', 'copy', 'build']) {
  test(`every slot has the build at its own absolute path, and sees only what its own jobs left (--views ${views})`, async () => {
    await startAgent(head, { cores: 2, flags: ['--views', views] })
    const jobs = names('j', 8)
    const lines = ['resources: {cores: 1}', 'python:', '  initialize: {build_file: build.py}', '  jobs:']
    const file = write('slots', [...lines, ...jobs.map((name) => `    - {name: ${name}, file: job.py}`)], {
      'build.py': build,
      'job.py': script,
    })
    await distOk(head, ['add', file])
    expect((await ended(head, 'slots')).state).toBe('succeeded')
    const read = (name: string, what: string): string => readFileSync(join(head.data, 'results/test/slots', name, what), 'utf8')
    const bySlot = new Map<string, string[]>()
    for (const name of jobs) bySlot.set(read(name, 'slot.txt'), [...(bySlot.get(read(name, 'slot.txt')) ?? []), name])
    expect(bySlot.size).toBe(2)
    for (const own of bySlot.values()) {
      const last = own.sort((a, b) => Number(read(a, 'begin')) - Number(read(b, 'begin'))).at(-1) ?? ''
      // Files that a job leaves in W are seen by later ones of its slot, and by nobody else.
      expect(read(last, 'seen.txt').split(',').sort()).toEqual(
        own
          .filter((name) => name !== last)
          .map((name) => `left_${name}`)
          .sort(),
      )
    }
  })
}

test('head and agent die while two slots are at work: both jobs go on, nothing starts twice', async () => {
  const agent = await startAgent(head, { cores: 2 })
  const jobs = names('j', 4)
  await distOk(head, ['add', write('storm', ['resources: {cores: 1}', 'shell:', '  jobs:', ...jobs.map((name) => spanJob(name, 2))])])
  await until('two jobs run', async () => (await jobsOf(head, 'storm')).filter(({ state }) => state === 'running').length === 2, {
    report: head.report,
  })
  await agent.kill('SIGKILL')
  await head.kill('SIGKILL')
  await head.restart()
  await agent.restart()
  expect((await ended(head, 'storm')).state).toBe('succeeded')
  expect((await jobsOf(head, 'storm')).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1])
  expect(mostCores(jobs.map((name) => span('storm', name)))).toBe(2)
  expect((await findJobset(head, 'storm')).placed).toBe(true)
})
