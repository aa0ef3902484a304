// Every way in which an attempt can end, each brought about by real processes, and what `dist jobs` and `dist status` show
// of it: outcome, wall and CPU time, peak memory. (Full disks and missing interpreters: contract/agent-machine.test.ts.)
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobReply } from '../../shared/api/types.ts'
import { notYet } from '../../shared/config/not-yet.ts'
import { type Agent, startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeImageJobset } from '../support/image-jobset.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended, findJobset, jobsOf, running } from '../support/jobset-state.ts'
import { canLimitMemory, daemonScript } from '../support/keeper-harness.ts'
import { expectNoJobProcesses, isAlive, processesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

let head: Head
let agents: readonly Agent[]
let folder: string
beforeAll(async () => {
  head = await startHead()
  folder = join(head.root, 'jobs')
  mkdirSync(folder)
  agents = [await startAgent(head, { name: 'node-a', cores: 1 }), await startAgent(head, { name: 'node-b', cores: 1 })]
}, 60_000)
afterAll(() => head?.stop())

const result = (batch: string, ...path: string[]): string => readFileSync(join(head.data, 'results/test', batch, ...path), 'utf8')
const nothingRuns = () => Promise.all(agents.map(({ work }) => expectNoJobProcesses(work)))
const shown = async (batch: string): Promise<string[]> => (await distOk(head, ['jobs', `test/${batch}`])).split('\n')
const lineOf = (lines: readonly string[], job: string): string => lines.find((line) => line.startsWith(`${job} `)) ?? ''
const outcomesOf = (jobs: readonly JobReply[]) => jobs.map(({ name, state, outcome }) => [name, state, outcome?.kind])

test('a job ends well, with an exit code, by a signal, over its time or over its memory; what it used is shown', async () => {
  const note = join(head.root, 'daemon')
  const scripts: Record<string, string> = {
    good: 'import time\nx = bytearray(60 << 20)\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n',
    code: 'import sys\nprint("before the end", flush=True)\nsys.exit(7)\n',
    signal: 'import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n',
    slow: `import os\nos.environ["DAEMON"] = ${JSON.stringify(note)}\n${daemonScript}\nprint("waiting", flush=True)\ntime.sleep(600)\n`,
  }
  const more: Record<string, string> = { slow: ', time_limit: 2s' }
  const memory = !notYet.has('resources') && canLimitMemory()
  if (memory) {
    scripts['large'] = 'x = bytearray(300 << 20)\n'
    more['large'] = ', resources: {cores: all, memory: 80MiB}'
  }
  for (const [name, script] of Object.entries(scripts)) writeFileSync(join(folder, `${name}.py`), script)
  const jobs = Object.keys(scripts).map((name) => `    - {name: ${name}, file: ${name}.py${more[name] ?? ''}}`)
  const file = join(folder, 'ends.yaml')
  writeFileSync(file, ['meta: {batch_name: ends, namespace: test, capabilities: []}', 'python:', '  jobs:', ...jobs, ''].join('\n'))
  await distOk(head, ['add', file])
  await ended(head, 'ends')
  await nothingRuns()
  expect(existsSync(note) && !isAlive(Number(readFileSync(note, 'utf8')))).toBe(true)
  const replies = await jobsOf(head, 'ends')
  const expected = [
    ['good', 'succeeded', 'succeeded'],
    ['code', 'failed', 'failed'],
    ['signal', 'failed', 'failed'],
    ['slow', 'failed', 'timeout'],
  ]
  expect(outcomesOf(replies)).toEqual(memory ? [...expected, ['large', 'failed', 'oom']] : expected)
  const lines = await shown('ends')
  console.log(lines.join('\n'))
  expect(lines[0]).toMatch(/^JOB +STATE +NODE +TRY +TIME +CPU +PEAK +OUTCOME$/)
  const used = String.raw`+node-[ab] +1 +\S+m?s +\S+m?s +\d[\d.]* MiB`
  expect(lineOf(lines, 'good')).toMatch(new RegExp(`^good +succeeded ${used}$`))
  expect(lineOf(lines, 'code')).toMatch(new RegExp(`^code +failed ${used} +exit code 7$`))
  expect(lineOf(lines, 'signal')).toMatch(new RegExp(`^signal +failed ${used} +SIGSEGV$`))
  expect(lineOf(lines, 'slow')).toMatch(new RegExp(`^slow +failed ${used} +timeout$`))
  const usage = Object.fromEntries(replies.map((job) => [job.name, job.usage]))
  expect(usage['good']?.peakMemory).toBeGreaterThan(60 << 20)
  expect((usage['good']?.userSeconds ?? 0) + (usage['good']?.systemSeconds ?? 0)).toBeGreaterThan(0.25)
  expect(usage['slow']?.wallSeconds).toBeGreaterThan(1.9)
  expect(result('ends', 'code', 'stdout.txt')).toBe('before the end\n')
  expect(result('ends', 'slow', 'stdout.txt')).toBe('waiting\n')
  expect(await distOk(head, ['status'])).toMatch(new RegExp(`test/ends +failed +${jobs.length}/${jobs.length} +${jobs.length - 1} +0 `))
}, 90_000)

test('a build that fails on one node fails only there: its output is kept, and the other node does all the jobs', async () => {
  const build = 'import os, sys\nprint("building on", os.environ["DIST_NODE"])\nsys.exit(5 if os.environ["DIST_NODE"] == "node-a" else 0)\n'
  const go = join(head.root, 'go-here')
  const script = `import os, time\nwhile not os.path.exists(${JSON.stringify(go)}): time.sleep(0.02)\n`
  await distOk(head, ['add', writeJobset(folder, { batch: 'here', script, jobs: 3, build })])
  // the jobs wait, so that both nodes have to try
  const failed = join(head.data, 'results/test/here/here_build_output-node-a.txt')
  await until('the build failed on node-a', () => existsSync(failed), { report: head.report })
  writeFileSync(go, '')
  expect((await ended(head, 'here')).state).toBe('succeeded')
  expect(new Set((await jobsOf(head, 'here')).map((job) => job.node))).toEqual(new Set(['node-b']))
  expect(readFileSync(failed, 'utf8')).toBe('building on node-a\n')
  expect(result('here', 'here_build_output-node-b.txt')).toBe('building on node-b\n')
  await nothingRuns()
}, 60_000)

test('a build that fails everywhere ends the jobset, names the nodes, and keeps what each build printed', async () => {
  const build = 'import os, sys\nprint("no compiler on", os.environ["DIST_NODE"])\nsys.exit(5)\n'
  await distOk(head, ['add', writeJobset(folder, { batch: 'everywhere', script: 'print("never")\n', jobs: 3, build })])
  const jobset = await ended(head, 'everywhere')
  expect(jobset).toMatchObject({ state: 'failed', counts: { failed: 3 } })
  expect(jobset.reason).toContain('(node-a, node-b): failed: exit code 5')
  expect(outcomesOf(await jobsOf(head, 'everywhere')).map(([, ...end]) => end)).toEqual(Array(3).fill(['failed', 'build_failed']))
  for (const node of ['node-a', 'node-b'])
    expect(result('everywhere', `everywhere_build_output-${node}.txt`)).toBe(`no compiler on ${node}\n`)
  expect(lineOf(await shown('everywhere'), 'job_0')).toMatch(/^job_0 +failed +build failed: the build failed on every node/)
  expect(await distOk(head, ['status'])).toMatch(/test\/everywhere +failed .*\n +the build failed on every node that could run it/)
}, 60_000)

test('a job that cannot be staged says why, and never started', async () => {
  writeFileSync(join(folder, 'tool.sif'), 'image')
  await distOk(head, ['add', writeImageJobset(folder, { batch: 'unstaged', sif: 'tool.sif', jobs: 1 })])
  expect((await ended(head, 'unstaged')).state).toBe('failed')
  expect(await jobsOf(head, 'unstaged')).toMatchObject([{ outcome: { kind: 'stage_failed' }, usage: null, attempts: 0 }])
  expect(lineOf(await shown('unstaged'), 'job_1')).toMatch(/^job_1 +failed .*stage failed: no apptainer/)
}, 60_000)

test('a job that is killed ends as cancelled, with what it printed, and nothing of it runs', async () => {
  const script = 'import subprocess, time\nprint("up", flush=True)\nsubprocess.Popen(["setsid", "sleep", "600"])\ntime.sleep(600)\n'
  await distOk(head, ['add', writeJobset(folder, { batch: 'killed', script, jobs: 1 })])
  await running(head, 'killed')
  await distOk(head, ['kill', 'test/killed'])
  await nothingRuns()
  expect((await ended(head, 'killed')).state).toBe('cancelled')
  expect(lineOf(await shown('killed'), 'job_0')).toMatch(/^job_0 +cancelled /)
}, 60_000)

test('a job whose node is lost, and which has no tries left for that, ends as lost', async () => {
  const script = 'import time\ntime.sleep(600)\n'
  const lines = ['retries: {max: 0, on: [lost]}', 'lost_after: 1s']
  await distOk(head, ['add', writeJobset(folder, { batch: 'gone', script, jobs: 1, lines })])
  const [job] = await running(head, 'gone')
  const agent = agents.find(({ name }) => name === job?.node)
  if (agent === undefined) throw new Error('on no node')
  for (const { pid } of processesOf(agent.work)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // it ended with one of the others
    }
  }
  expect((await ended(head, 'gone')).state).toBe('failed')
  expect(lineOf(await shown('gone'), 'job_0')).toMatch(/^job_0 +failed +node-[ab] +1 .*lost: its node node-[ab] was silent for too long/)
  const { code, stdout } = await dist(head, ['wait', 'test/gone'])
  expect(code).toBe(1)
  expect(stdout).toContain('lost')
  expect((await findJobset(head, 'gone')).counts).toMatchObject({ failed: 1, running: 0, ready: 0 })
  await expectNoJobProcesses(agent.work)
}, 60_000)
