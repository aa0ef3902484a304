// Units of the original about cancelling, on the real agent, launcher and keeper: `cancel_run`, `cancel_arbiter_positive` and
// `cancel_arbiter_negative`.
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { daemonScript } from '../support/keeper-harness.ts'
import { expectNoJobProcesses, isAlive, jobProcessesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

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

/** A job of 30 s that has left a daemon behind; the pids of both. */
async function napping(name: string): Promise<{ id: string; job: number; daemon: number }> {
  const note = join(agent.home, name)
  const script = `import os\nos.environ["DAEMON"] = ${JSON.stringify(note)}\n${daemonScript}
open(${JSON.stringify(`${note}.job`)}, "w").write(str(os.getpid()))
print("up", flush=True)\nos.rename(${JSON.stringify(`${note}.job`)}, ${JSON.stringify(`${note}.up`)})\ntime.sleep(30)\nprint("woke")`
  const job = head.job(uid, script)
  session.send({ assign: [job] })
  await until('the job is up', () => existsSync(`${note}.up`))
  return { id: job.attempt_id, job: Number(readFileSync(`${note}.up`, 'utf8')), daemon: Number(readFileSync(note, 'utf8')) }
}

test('cancel_run: a job of 30 s that is cancelled ends with all it started, the head hears it, and the node is ready for the next', async () => {
  const cwd = readlinkSync(`/proc/${agent.pid}/cwd`)
  const { id, job, daemon } = await napping('run')
  session.send({ orders: [{ attempt_id: id, kind: 'STOP' }] })
  expect(await head.result(id)).toMatchObject({ outcome: 'cancelled', started: true })
  expect([isAlive(job), isAlive(daemon)]).toEqual([false, false])
  await expectNoJobProcesses(agent.work)
  expect(readlinkSync(`/proc/${agent.pid}/cwd`)).toBe(cwd)
  const next = head.job(uid, 'print("next")')
  session.send({ assign: [next] })
  expect((await head.result(next.attempt_id)).stdout.toString()).toBe('next\n')
})

test('cancel_arbiter_positive: a cancellation reaches the job itself, which may still save something', async () => {
  const note = join(agent.home, 'ready')
  const script = `import signal, sys, time
def end(number, frame):
    open("distribute_save/last.txt", "w").write(signal.Signals(number).name)
    sys.exit(3)
signal.signal(signal.SIGTERM, end)
open(${JSON.stringify(note)}, "w")
time.sleep(30)`
  const job = head.job(uid, script)
  session.send({ assign: [job] })
  await until('the job is ready', () => existsSync(note))
  session.send({ orders: [{ attempt_id: job.attempt_id, kind: 'STOP' }] })
  const result = await head.result(job.attempt_id)
  expect(result.outcome).toBe('cancelled')
  expect(result.files.map((file) => [file.path, file.data.toString()])).toEqual([['last.txt', 'SIGTERM']])
  await expectNoJobProcesses(agent.work)
})

test('cancel_arbiter_negative: without a cancellation the end of head and agent leaves a job alone', async () => {
  const { id, job } = await napping('alone')
  head.stopGrpc()
  await agent.kill('SIGKILL')
  await head.startGrpc()
  agent.start(null)
  session = await head.until(() => head.sessions.findLast((one) => one.open && one !== session), 'another session')
  expect(session.hello?.held.map((item) => item.attempt_id)).toEqual([id])
  expect(isAlive(job)).toBe(true)
  expect(head.finished.filter((item) => item.attempt_id === id)).toEqual([])
  expect(jobProcessesOf(agent.work).map(({ pid }) => pid)).toContain(job)
  session.send({ orders: [{ attempt_id: id, kind: 'STOP' }] })
  expect((await head.result(id)).outcome).toBe('cancelled')
  await expectNoJobProcesses(agent.work)
})
