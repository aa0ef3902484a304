// What a running agent does with jobs and orders: outcomes, output, stop, drop, failed builds, inputs of any size.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead, newId } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { expectNoJobProcesses } from '../support/processes.ts'

const head = new FakeHead()
const agent = new AgentProcess()
let session: FakeSession
let uid = ''

beforeAll(async () => {
  await head.start()
  agent.start(head, { env: { DIST_TOKEN: 'secret', XRUNTK: 'x', OMP_NUM_THREADS: '7' } })
  session = await head.session()
  const jobset = head.jobset({ files: [{ name: 'init.txt', content: 'init' }] })
  uid = jobset.uid
  const built = await head.build(session, jobset)
  expect(built.outcome).toBe('succeeded')
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

async function run(script: string, files: { name: string; content: string | Buffer; mode?: number }[] = []) {
  const job = head.job(uid, script, { files })
  session.send({ assign: [job] })
  return await head.result(job.attempt_id)
}

test('the hello is signed and says what the node has', () => {
  expect(session.trusted).toBe(true)
  expect(session.hello?.node?.cores).toBeGreaterThan(0)
  const words = session.hello?.node?.capabilities.map((word) => word.split('=')[0])
  expect(words).toEqual(expect.arrayContaining(['cores', 'memory', 'os', 'arch', 'python3']))
})

test('an exit code is the outcome of a failed job', async () => {
  const result = await run('import sys\nprint("no", flush=True)\nsys.exit(201)')
  expect(result).toMatchObject({ outcome: 'failed', exit_code: 201, signal: '', started: true })
  expect(result.stdout.toString()).toBe('no\n')
})

test('a job that dies of a signal says so', async () => {
  expect(await run('import os\nos.abort()')).toMatchObject({ outcome: 'failed', signal: 'SIGABRT' })
})

test('stdout and stderr come in the order in which they were written', async () => {
  const result = await run(
    'import sys, os\nfor i in range(3):\n  print("out", i)\n  print("err", i, file=sys.stderr)\n  os.system("echo child")',
  )
  expect(result.stdout.toString()).toBe([0, 1, 2].map((i) => `out ${i}\nerr ${i}\nchild\n`).join(''))
})

test('jobs do not see the secrets of the agent, nor what an outer runtime left; what the owner set stays', async () => {
  const result = await run(
    'import os\nprint([k for k in os.environ if k in ("DIST_TOKEN", "XRUNTK") or "JOIN" in k], os.environ["OMP_NUM_THREADS"])',
  )
  expect(result.stdout.toString()).toBe('[] 7\n')
})

test('usage is measured', async () => {
  const { usage } = await run('x = bytearray(60 << 20)\nfor i in range(1000000): pass')
  expect(usage?.peak_memory).toBeGreaterThan(60 << 20)
  expect(usage?.user_seconds).toBeGreaterThan(0)
  expect(usage?.memory_source).toBe('rusage')
})

test('many and large files of a job reach its input folder', async () => {
  const large = Buffer.alloc(3 << 20, 'x')
  const files = Array.from({ length: 30 }, (_, i) => ({ name: `deep/er/f${i}.txt`, content: `content ${i}` }))
  const script =
    'import os\nprint(len(os.listdir("input/deep/er")), os.path.getsize("input/big.bin"), oct(os.stat("input/run.sh").st_mode & 0o777), open("input/deep/er/f7.txt").read())'
  const result = await run(script, [...files, { name: 'big.bin', content: large }, { name: 'run.sh', content: '#!/bin/sh\n', mode: 0o755 }])
  expect(result.stdout.toString()).toBe(`30 ${large.length} 0o755 content 7\n`)
  await expect.poll(() => readdirSync(join(agent.work, 'attempts'))).toEqual([])
})

test('a large blob that breaks off is taken up where it stopped', async () => {
  head.http.breakBlobs = 1
  const large = Buffer.alloc(4 << 20, newId(8))
  const result = await run('import os\nprint(os.path.getsize("input/big"))', [{ name: 'big', content: large }])
  expect(result.stdout.toString()).toBe(`${large.length}\n`)
  const offsets = head.http.requests.flatMap((line) => /^GET .*\?offset=(\d+)$/.exec(line)?.[1] ?? [])
  expect(Number(offsets.at(-1))).toBeGreaterThan(0)
})

test('a job file that nobody has ends as stage_failed, without having started; the jobs beside it run', async () => {
  const job = head.job(uid, 'print(1)', { files: [{ name: 'a', content: newId(8) }] })
  for (const hash of [...head.http.blobs.keys()].slice(-1)) head.http.blobs.delete(hash)
  const others = [newId(4), newId(4)].map((text) => head.job(uid, `print("${text}")`))
  session.send({ assign: [job, ...others] })
  expect(await head.result(job.attempt_id)).toMatchObject({ outcome: 'stage_failed', started: false })
  for (const other of others) expect((await head.result(other.attempt_id)).outcome).toBe('succeeded')
})

test('a file name that leads out of the input folder is refused', async () => {
  const result = await run('print(1)', [{ name: '../evil', content: 'x' }])
  expect(result).toMatchObject({ outcome: 'stage_failed', started: false })
  expect(result.reason).toContain('unsafe path')
})

test('a stopped job ends as cancelled and leaves no process', async () => {
  const note = join(agent.home, 'pid')
  const job = head.job(uid, `import os, time\nopen(${JSON.stringify(note)}, "w").write(str(os.getpid()))\ntime.sleep(600)`)
  session.send({ assign: [job] })
  await expect.poll(() => existsSync(note) && readFileSync(note, 'utf8'), { timeout: 10_000 }).toBeTruthy()
  session.send({ orders: [{ attempt_id: job.attempt_id, kind: 'STOP' }] })
  const result = await head.result(job.attempt_id)
  await head.until(() => session.stopped.includes(job.attempt_id), 'the answer')
  expect(result.outcome).toBe('cancelled')
  expect(existsSync(`/proc/${readFileSync(note, 'utf8')}`)).toBe(false)
  await expectNoJobProcesses(agent.work)
})

test('a job that waits behind another is handed back when it is dropped or stopped', async () => {
  const long = head.job(uid, 'import time\ntime.sleep(600)')
  const [dropped, stopped] = [head.job(uid, 'print(1)'), head.job(uid, 'print(2)')]
  session.send({ assign: [long, dropped, stopped] })
  await head.until(() => session.started.includes(long.attempt_id), 'the start')
  session.send({
    orders: [
      { attempt_id: dropped.attempt_id, kind: 'DROP' },
      { attempt_id: stopped.attempt_id, kind: 'STOP' },
    ],
  })
  await head.until(() => session.stopped.includes(dropped.attempt_id) && session.stopped.includes(stopped.attempt_id), 'the answers')
  expect(session.returned.map((item) => item.attempt_id)).toEqual(expect.arrayContaining([dropped.attempt_id, stopped.attempt_id]))
  session.send({ orders: [{ attempt_id: long.attempt_id, kind: 'STOP' }] })
  await head.result(long.attempt_id)
})

test('an order about something unknown is answered', async () => {
  const id = newId(16)
  session.send({ orders: [{ attempt_id: id, kind: 'STOP' }] })
  await head.until(() => session.stopped.includes(id), 'the answer')
})

test('a failed build is told with its output, its jobs go back, and the next order builds afresh', async () => {
  const jobset = head.jobset({
    build: 'import sys, os\nprint("no compiler")\nopen("rest", "w")\nsys.exit(os.path.exists("again") and 0 or 3)',
  })
  const job = head.job(jobset.uid, 'print(1)')
  const id = newId(16)
  session.send({ jobsets: [jobset], builds: [{ build_id: id, jobset_uid: jobset.uid, cores: 1 }], assign: [job] })
  const failed = await head.result(id)
  expect(failed).toMatchObject({ build: true, outcome: 'failed', exit_code: 3 })
  expect(failed.stdout.toString()).toBe('no compiler\n')
  await head.until(() => session.returned.some((item) => item.attempt_id === job.attempt_id), 'the job')
  expect(existsSync(join(agent.work, 'ws', jobset.uid))).toBe(false)
  expect(await head.build(session, jobset)).toMatchObject({ outcome: 'failed', exit_code: 3 })
})

test('a build that is here already is not run again', async () => {
  const id = newId(16)
  session.send({ builds: [{ build_id: id, jobset_uid: uid, cores: 1 }] })
  expect(await head.result(id)).toMatchObject({ build: true, outcome: 'succeeded' })
  const reports = session.frames.flatMap((frame) => frame.builds)
  expect(reports.find((report) => report.build_id === id)?.reused).toBe(true)
})

test('a job for a jobset without a build goes back', async () => {
  const jobset = head.jobset({})
  const job = head.job(jobset.uid, 'print(1)')
  session.send({ jobsets: [jobset], assign: [job] })
  await head.until(() => session.returned.some((item) => item.attempt_id === job.attempt_id), 'the job')
})

test('two jobsets take turns in their own workspaces', async () => {
  const other = head.jobset({ build: 'open("mine", "w").write("other")' })
  await head.build(session, other)
  const jobs = [uid, other.uid, uid].map((which) =>
    head.job(which, 'import os\nprint(os.path.exists("mine"), os.path.exists("input/init.txt"))'),
  )
  session.send({ assign: jobs })
  const outputs = await Promise.all(jobs.map(async (job) => (await head.result(job.attempt_id)).stdout.toString().trim()))
  expect(outputs).toEqual(['False True', 'True False', 'False True'])
})

test('a second agent on the same work folder is refused with a hint', async () => {
  const other = new AgentProcess()
  other.start(head, { flags: ['--work', agent.work] })
  expect(await other.exit()).toBe(1)
  expect(other.log).toContain('in use')
  expect(other.log).toMatch(/\n {2}stop the other agent/)
  await other.cleanUp()
})
