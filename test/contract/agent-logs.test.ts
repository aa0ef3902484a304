// Live output of jobs and builds at the head: soon, whole, in order, and never another attempt's; over the ends of sessions and agents.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'

let head: FakeHead
let agent: AgentProcess

beforeEach(async () => {
  head = new FakeHead()
  agent = new AgentProcess()
  await head.start()
})

afterEach(async () => {
  await agent.cleanUp()
  await head.stop()
})

async function joined() {
  agent.start(head)
  const session = await head.session()
  const jobset = head.jobset({ build: 'print("built")' })
  await head.build(session, jobset)
  return { session, jobset }
}

const log = (id: string) => head.http.logs.get(id)?.toString() ?? ''
const puts = (id: string) => head.http.requests.filter((line) => line.startsWith(`PUT /api/v1/attempts/${id}/log`))

/** Prints numbered lines until the file `go-<flag>` is there, then the last one. */
const counting = (flag: string) =>
  [
    'import itertools, os, time',
    'for n in itertools.count():',
    '    print(f"line {n}", flush=True)',
    `    if os.path.exists(${JSON.stringify(flag)}): break`,
    '    time.sleep(0.005)',
    'print("the end")',
  ].join('\n')

/** The lines `counting` printed, none missing, none twice. */
function expectCounted(text: string): void {
  const lines = text.trimEnd().split('\n')
  expect(lines.at(-1)).toBe('the end')
  expect(lines.slice(0, -1)).toEqual(lines.slice(0, -1).map((_, n) => `line ${n}`))
}

test('what a job prints is at the head within 300 ms of the print, also in its first second', async () => {
  const { session, jobset } = await joined()
  const flag = join(agent.home, 'go')
  const stamps = `import os, time
for n in range(12):
    print(time.time() * 1000, flush=True)
    time.sleep(0.13)
while not os.path.exists(${JSON.stringify(flag)}): time.sleep(0.02)`
  const job = head.job(jobset.uid, stamps)
  session.send({ assign: [job] })
  const late: number[] = []
  await head.until(() => {
    const lines = log(job.attempt_id).split('\n').slice(0, -1)
    for (const line of lines.slice(late.length)) late.push(Date.now() - Number(line))
    return lines.length === 12
  }, 'twelve lines')
  writeFileSync(flag, '')
  await head.result(job.attempt_id)
  // a busy machine may be late once
  expect(late.sort((a, b) => a - b)[9]).toBeLessThan(300)
})

test('numbered chunks go on where they stopped when the session ends, with nothing missing or twice', async () => {
  const { session, jobset } = await joined()
  const flag = join(agent.home, 'go')
  const job = head.job(jobset.uid, counting(flag))
  session.send({ assign: [job] })
  await head.until(() => log(job.attempt_id).includes('line 30\n'), 'live output')
  head.stopGrpc()
  await head.startGrpc()
  await head.until(() => head.sessions.findLast((item) => item.open && item !== session), 'the next session')
  const before = log(job.attempt_id).length
  await head.until(() => log(job.attempt_id).length > before + 100, 'more output')
  const live = log(job.attempt_id)
  const numbers = puts(job.attempt_id).map((line) => Number(/number=(\d+)/.exec(line)?.[1]))
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  writeFileSync(flag, '')
  const stdout = (await head.result(job.attempt_id)).stdout.toString()
  expectCounted(stdout)
  expect(stdout.startsWith(live)).toBe(true)
})

test('an agent that adopts a job goes on with its output where the one before stopped', async () => {
  const { session, jobset } = await joined()
  const flag = join(agent.home, 'go')
  const job = head.job(jobset.uid, counting(flag))
  session.send({ assign: [job] })
  await head.until(() => log(job.attempt_id).includes('line 30\n'), 'live output')
  await agent.kill('SIGKILL')
  const before = log(job.attempt_id).length
  agent.start(null)
  await head.until(() => log(job.attempt_id).length > before + 100, 'more output')
  const live = log(job.attempt_id)
  writeFileSync(flag, '')
  const stdout = (await head.result(job.attempt_id)).stdout.toString()
  expectCounted(stdout)
  expect(stdout.startsWith(live)).toBe(true)
})

test('no attempt is ever sent what another one printed', async () => {
  const { session, jobset } = await joined()
  const jobs = Array.from({ length: 24 }, (_, n) =>
    head.job(
      jobset.uid,
      `import time\nfor _ in range(40):\n    print("job-${n}-" * 20, flush=True)\n    time.sleep(${0.002 + (n % 4) * 0.002})`,
    ),
  )
  session.send({ assign: jobs })
  for (const job of jobs) await head.result(job.attempt_id)
  const logged = jobs.filter((job) => log(job.attempt_id) !== '')
  expect(logged.length).toBeGreaterThan(5)
  for (const job of logged) {
    const stdout = head.finished.find((item) => item.attempt_id === job.attempt_id)?.stdout.toString() ?? ''
    expect(stdout.startsWith(log(job.attempt_id)), log(job.attempt_id).slice(0, 100)).toBe(true)
  }
})

test('output of a build is live too', async () => {
  agent.start(head)
  const session = await head.session()
  const flag = join(agent.home, 'go')
  const jobset = head.jobset({
    build: `import os, time\nprint("compiling", flush=True)\nwhile not os.path.exists(${JSON.stringify(flag)}): time.sleep(0.02)`,
  })
  const id = 'b'.repeat(32)
  session.send({ jobsets: [jobset], builds: [{ build_id: id, jobset_uid: jobset.uid, cores: 1 }] })
  await head.until(() => log(id) === 'compiling\n', 'its output')
  writeFileSync(flag, '')
  expect((await head.result(id)).outcome).toBe('succeeded')
})
