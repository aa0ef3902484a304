// `dist kill` is durable before any node is told, and after a confirmation nothing of the jobset runs there.
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended, findJobset, jobsOf, running } from '../support/jobset-state.ts'
import { expectNoJobProcesses, isAlive, processesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

const sleeper = 'import subprocess, time\nprint("up", flush=True)\nsubprocess.Popen(["setsid", "sleep", "31"])\ntime.sleep(30)\n'
const sleeps = (): boolean => processesOf(head.root).some(({ command }) => /job\.py|sleep 31/.test(command))

test('cancel_job: killing a batch of five sleeps leaves no job in the queue and no process of it', async () => {
  const agent = await startAgent(head)
  await distOk(head, ['add', writeJobset(join(head.root, 'jobs'), { batch: 'naps', script: sleeper, jobs: 5 })])
  await running(head, 'naps')
  await until('the grandchild runs', () => processesOf(head.root).some(({ command }) => command.includes('sleep 31')))
  const { code, stdout } = await dist(head, ['kill', 'test/naps', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ cancelled: 5, waiting: [] })
  expect(sleeps()).toBe(false)
  await expectNoJobProcesses(agent.work)
  const jobset = await ended(head, 'naps')
  expect(jobset.state).toBe('cancelled')
  expect(jobset.counts.cancelled).toBe(5)
})

test('a node that cannot be asked is named, and gets the order when it is back', async () => {
  const agent = await startAgent(head, { name: 'away' })
  await distOk(head, ['add', writeJobset(join(head.root, 'jobs'), { batch: 'naps', script: sleeper, jobs: 1 })])
  await running(head, 'naps')
  await agent.kill('SIGKILL')
  const { code, stdout } = await dist(head, ['kill', 'test/naps', '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ cancelled: 1, waiting: ['away'] })
  expect(sleeps()).toBe(true)
  await head.restart()
  await agent.restart()
  await until('the job is gone', () => !sleeps(), { within: 20_000 })
  await expectNoJobProcesses(agent.work)
  expect((await ended(head, 'naps')).state).toBe('cancelled')
})

test('a kill is there after the head was killed right behind it', async () => {
  await startAgent(head)
  await distOk(head, ['add', writeJobset(join(head.root, 'jobs'), { batch: 'naps', script: sleeper, jobs: 3 })])
  await running(head, 'naps')
  await distOk(head, ['kill', 'test/naps'])
  await head.kill('SIGKILL')
  await head.restart()
  expect((await ended(head, 'naps')).state).toBe('cancelled')
  expect((await jobsOf(head, 'naps')).every((job) => job.state === 'cancelled')).toBe(true)
})

test('killing one job leaves the others', async () => {
  await startAgent(head)
  const script = 'import time\ntime.sleep(0.2)\n'
  await distOk(head, ['add', writeJobset(join(head.root, 'jobs'), { batch: 'some', script, jobs: 6 })])
  await distOk(head, ['kill', 'test/some/job_5'])
  const jobset = await ended(head, 'some')
  expect(jobset.counts).toMatchObject({ succeeded: 5, cancelled: 1 })
})

test('killing a batch while its build runs ends the build', async () => {
  const agent = await startAgent(head)
  const build = 'import time\nopen("pid", "w").write("x")\ntime.sleep(30)\n'
  await distOk(head, ['add', writeJobset(join(head.root, 'jobs'), { batch: 'slow', script: 'pass\n', jobs: 2, build })])
  const pid = await until('the build runs', () => processesOf(head.root).find(({ command }) => command.includes('./build.py'))?.pid ?? null)
  await distOk(head, ['kill', 'test/slow'])
  expect(isAlive(pid)).toBe(false)
  await expectNoJobProcesses(agent.work)
  expect((await findJobset(head, 'slow')).state).toBe('cancelled')
})
