// What an agent holds a job to: memory, time, niceness; and what it tells the head when a limit was reached.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Assign } from '../../shared/wire/gen/dist/Assign.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { canLimitMemory, daemonScript } from '../support/keeper-harness.ts'
import { skipOrFail } from '../support/needs.ts'
import { expectNoJobProcesses, isAlive } from '../support/processes.ts'

const head = new FakeHead()
const agent = new AgentProcess()
let session: FakeSession
let uid = ''

beforeAll(async () => {
  await head.start()
  agent.start(head)
  session = await head.session()
  const jobset = head.jobset({})
  uid = jobset.uid
  expect((await head.build(session, jobset)).outcome).toBe('succeeded')
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

async function run(script: string, more: Partial<Assign>) {
  const job = { ...head.job(uid, script), ...more }
  session.send({ assign: [job] })
  return await head.result(job.attempt_id)
}

test('a job over its memory ends as oom with what it used, and the next one runs', async (context) => {
  if (!canLimitMemory()) skipOrFail(context, 'no writable memory cgroup')
  const result = await run('x = bytearray(300 << 20)', { memory: 80 << 20 })
  expect(result).toMatchObject({ outcome: 'oom', started: true })
  expect(result.usage?.peak_memory).toBeGreaterThan(70 << 20)
  await expectNoJobProcesses(agent.work)
  const script = 'import subprocess\nx = bytearray(40 << 20)\nsubprocess.run(["python3", "-c", "x = bytearray(50 << 20)"], check=True)'
  const pair = await run(script, { memory: 200 << 20 })
  expect(pair.outcome).toBe('succeeded')
  expect(pair.usage?.memory_source).toMatch(/^cgroup-v[12]$/)
  expect(pair.usage?.peak_memory).toBeGreaterThan(80 << 20)
})

test('a job that dies of SIGKILL within its memory is no oom', async () => {
  expect(await run('import os\nos.kill(os.getpid(), 9)', { memory: 80 << 20 })).toMatchObject({ outcome: 'failed', signal: 'SIGKILL' })
})

test('a job over its time ends as timeout, and its daemon with a session of its own is gone', async () => {
  const note = join(agent.home, 'daemon')
  const script = `import os\nos.environ["DAEMON"] = ${JSON.stringify(note)}\n${daemonScript}\nprint("left", flush=True)\ntime.sleep(600)`
  const result = await run(script, { time_limit_seconds: 1 })
  expect(result.outcome).toBe('timeout')
  expect(result.stdout.toString()).toBe('left\n')
  expect(existsSync(note)).toBe(true)
  expect(isAlive(Number(readFileSync(note, 'utf8')))).toBe(false)
  await expectNoJobProcesses(agent.work)
})

test('nice is added to what the agent has', async () => {
  const script = 'import os\nprint(os.nice(0))'
  const own = Number((await run(script, {})).stdout.toString())
  expect(Number((await run(script, { nice: 5 })).stdout.toString())).toBe(Math.min(own + 5, 19))
})

test('the agent says at its start whether it can limit memory', async () => {
  await expect.poll(() => agent.log).toContain(canLimitMemory() ? 'memory limits: cgroup-v' : 'memory limits: none')
})
