// What the head is told of a job's memory and CPU time, beside what time(1) says of the same job.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { needs } from '../support/needs.ts'

const head = new FakeHead()
const agent = new AgentProcess()
let session: FakeSession
let uid = ''

beforeAll(async () => {
  await head.start()
  agent.start(head)
  session = await head.session()
  const jobset = { ...head.jobset({}), kind: 'shell' }
  uid = jobset.uid
  expect((await head.build(session, jobset)).outcome).toBe('succeeded')
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

/** Runs a command under time(1); answers both views, bytes and seconds. */
async function measured(command: string) {
  const job = { ...head.job(uid, ''), script: null, run: `/usr/bin/time -v ${command}` }
  session.send({ assign: [job] })
  const { outcome, usage, stdout } = await head.result(job.attempt_id)
  const text = stdout.toString()
  const said = (name: string) => Number(new RegExp(`${name}[^:]*: ([\\d.]+)`).exec(text)?.[1])
  expect(outcome, text).toBe('succeeded')
  return {
    usage,
    cpu: (usage?.user_seconds ?? 0) + (usage?.system_seconds ?? 0),
    timeCpu: said('User time') + said('System time'),
    timePeak: said('Maximum resident set size') * 1024,
  }
}

const within5Percent = (ours: number | undefined, theirs: number) => expect(Math.abs((ours ?? 0) / theirs - 1)).toBeLessThan(0.05)

test('peak memory and CPU time of an ordinary job agree with time(1) within 5 %', async (context) => {
  needs(context, 'time')
  const { usage, cpu, timeCpu, timePeak } = await measured(
    'python3 -c "import time; x = bytearray(60 << 20)\nwhile time.process_time() < 1.5: sum(range(9999))"',
  )
  expect(usage?.memory_source).toBe('rusage')
  expect(timePeak).toBeGreaterThan(60 << 20)
  expect(timeCpu).toBeGreaterThan(1.4)
  within5Percent(usage?.peak_memory, timePeak)
  within5Percent(cpu, timeCpu)
})

test('the same for a job whose grandchildren do the work, two at a time', async (context) => {
  needs(context, 'time')
  const worker = `python3 -c 'import time; x = bytearray(40 << 20)
while time.process_time() < 1: sum(range(9999))'`
  const { usage, cpu, timeCpu, timePeak } = await measured(`sh -c "(${worker}) & (${worker}) & wait"`)
  expect(timePeak).toBeGreaterThan(40 << 20)
  expect(timeCpu).toBeGreaterThan(1.9)
  within5Percent(usage?.peak_memory, timePeak)
  within5Percent(cpu, timeCpu)
})

test('CPU time of a daemon that its job left behind is counted, which time(1) cannot see', async (context) => {
  needs(context, 'time', 'setsid')
  const worker = `python3 -c 'import time
while time.process_time() < 1: sum(range(9999))
open(\\"burnt\\", \\"w\\")
time.sleep(600)'`
  const { cpu, timeCpu } = await measured(`sh -c "(setsid ${worker} &); until [ -e burnt ]; do sleep 0.05; done"`)
  expect(timeCpu).toBeLessThan(0.6)
  expect(cpu - timeCpu).toBeGreaterThan(0.9)
})
