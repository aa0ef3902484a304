// `failed_keepalive` of the original: a node is knocked out while it runs a job of many seconds, and soon the head shows
// nothing running and the job remaining. Dead and frozen are two things: the one ends its connection, the other says nothing.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { NodeReply } from '../../shared/api/types.ts'
import { type Agent, startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended, findJobset, jobsOf, running } from '../support/jobset-state.ts'
import { expectNoJobProcesses, processesOf, signalQuietly } from '../support/processes.ts'
import { until } from '../support/until.ts'

let head: Head
let agent: Agent
let runs: string
beforeEach(async () => {
  head = await startHead()
  runs = join(head.root, 'runs')
  agent = await startAgent(head, { name: 'node-a', cores: 1 })
  const script = [
    'import os, time',
    `open(${JSON.stringify(runs)}, "a").write(f"{os.getpid()}\\n")`,
    `while not os.path.exists(${JSON.stringify(join(head.root, 'go'))}): time.sleep(0.02)`,
    'print("done")',
    '',
  ].join('\n')
  await distOk(head, ['add', writeJobset(join(head.root, 'jobs'), { batch: 'long', script, jobs: 1, lines: ['lost_after: 3s'] })])
  await running(head, 'long')
})
afterEach(() => head.stop())

const starts = (): number[] => (existsSync(runs) ? readFileSync(runs, 'utf8').trim().split('\n').map(Number) : [])

/** Waits for what `dist status` shows then: 0 running, 1 remaining. */
async function remains(): Promise<void> {
  const look = async () => (await findJobset(head, 'long')).counts.ready === 1
  await until('the job waits again', look, { within: 40_000, every: 100, report: head.report })
  const status = JSON.parse(await distOk(head, ['status', '--json'])) as { jobsets: { batch: string; counts: object; state: string }[] }
  expect(status.jobsets).toMatchObject([{ batch: 'long', state: 'active', counts: { running: 0, claimed: 0, ready: 1, failed: 0 } }])
}

test('failed_keepalive: of a node that dies nothing runs any more and its job remains, for another node', async () => {
  for (const { pid } of processesOf(agent.work)) signalQuietly(pid, 'SIGKILL')
  await remains()
  await expectNoJobProcesses(agent.work)
  appendFileSync(join(head.root, 'go'), '')
  await startAgent(head, { name: 'node-b', cores: 1 })
  expect((await ended(head, 'long')).state).toBe('succeeded')
  expect((await jobsOf(head, 'long'))[0]).toMatchObject({ node: 'node-b', attempts: 2 })
}, 120_000)

test('failed_keepalive: a node that freezes loses its job to another; when it thaws, one result counts and nothing stays', async () => {
  const frozen = processesOf(agent.work)
  expect(frozen.length).toBeGreaterThan(3)
  for (const { pid } of frozen) signalQuietly(pid, 'SIGSTOP')
  await remains()
  const other = await startAgent(head, { name: 'node-b', cores: 1 })
  await until('it runs on the other node', () => starts().length === 2)
  for (const { pid } of frozen) signalQuietly(pid, 'SIGCONT')
  const back = async () => (await head.api<{ nodes: NodeReply[] }>('GET', '/nodes')).nodes.every(({ state }) => state === 'busy')
  await until('both nodes work on it', back, { report: head.report })
  appendFileSync(join(head.root, 'go'), '')
  expect((await ended(head, 'long')).counts.succeeded).toBe(1)
  await Promise.all([agent, other].map(({ work }) => expectNoJobProcesses(work)))
  expect(starts()).toHaveLength(2)
  expect(readFileSync(join(head.data, 'results/test/long/job_0/stdout.txt'), 'utf8')).toBe('done\n')
}, 120_000)
