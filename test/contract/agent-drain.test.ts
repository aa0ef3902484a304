// An agent that leaves: asked by a signal or by the head, with and without patience. It never leaves a process behind.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Assign } from '../../shared/wire/gen/dist/Assign.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { processesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

let head: FakeHead
let agent: AgentProcess
let session: FakeSession
let runs: Assign & { attempt_id: string }
let waits: Assign & { attempt_id: string }
let go = ''

beforeEach(async () => {
  head = new FakeHead()
  agent = new AgentProcess()
  go = join(agent.home, 'go')
  await head.start()
})

afterEach(async () => {
  await agent.cleanUp()
  await head.stop()
})

/** One job runs until `go` is there, another waits behind it. A stubborn one minds no SIGTERM. */
async function busy(flags: readonly string[] = [], stubborn = false): Promise<void> {
  agent.start(head, { flags })
  session = await head.session()
  const jobset = { ...head.jobset({}), kind: 'shell' }
  await head.build(session, jobset)
  const run = `${stubborn ? "trap '' TERM; " : ''}until [ -e ${go} ]; do sleep 0.02; done; echo done`
  runs = { ...head.job(jobset.uid, ''), script: null, run }
  waits = { ...head.job(jobset.uid, ''), script: null, run: 'echo never' }
  session.send({ assign: [runs, waits] })
  await head.until(() => session.started.includes(runs.attempt_id), 'the start')
}

const returned = () => session.returned.map((item) => item.attempt_id)
const draining = () => head.until(() => session.frames.some((frame) => frame.node?.draining === true), 'the news that it drains')

async function leftAlone(): Promise<void> {
  expect(await agent.exit()).toBe(0)
  await until('no process is left', () => processesOf(agent.work).length === 0)
}

test('SIGTERM lets finish what runs, hands back what waits, takes nothing new, and leaves no process', async () => {
  await busy()
  agent.child?.kill('SIGTERM')
  await draining()
  await head.until(() => returned().includes(waits.attempt_id), 'the waiting job')
  const late = { ...waits, attempt_id: 'f'.repeat(32) }
  session.send({ assign: [late] })
  await head.until(() => returned().includes(late.attempt_id), 'the late job')
  writeFileSync(go, '')
  const result = await head.result(runs.attempt_id)
  expect(result).toMatchObject({ outcome: 'succeeded' })
  expect(result.stdout.toString()).toBe('done\n')
  await leftAlone()
  expect(session.goodbye).toBe('everything is finished')
})

test('when the drain takes too long what runs is stopped and handed back', async () => {
  await busy(['--drain-timeout', '300ms'])
  agent.child?.kill('SIGTERM')
  await draining()
  await head.until(() => returned().includes(runs.attempt_id), 'the job')
  expect(session.goodbye).not.toBe('everything is finished')
  await leftAlone()
})

test('further signals go further: the second stops the jobs, the third without grace', async () => {
  await busy(['--drain-timeout', '1h'], true)
  agent.child?.kill('SIGTERM')
  await until('the first is heard', () => agent.log.includes('finishing what runs'))
  await repeat('SIGTERM', 'stopping the jobs')
  await repeat('SIGTERM', 'ending the jobs here at once')
  await head.until(() => returned().includes(runs.attempt_id), 'the job', 5)
  await leftAlone()
})

test('the head may ask for the same, with a deadline of its own', async () => {
  await busy()
  session.send({ drain: { deadline_seconds: 0 } })
  await draining()
  await head.until(() => returned().includes(waits.attempt_id), 'the waiting job')
  expect(returned()).not.toContain(runs.attempt_id)
  session.send({ drain: { deadline_seconds: 0.1 } })
  await head.until(() => returned().includes(runs.attempt_id), 'the job')
  await leftAlone()
})

/** Sends it until it counts: one that follows at once is taken for the same. */
async function repeat(signal: NodeJS.Signals, answer: string): Promise<void> {
  await until(answer, () => {
    if (agent.log.includes(answer)) return true
    agent.child?.kill(signal)
    return false
  })
}
