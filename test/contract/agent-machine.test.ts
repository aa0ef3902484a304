// What is the machine's fault and not the job's: a disk that is full, an interpreter that went away.
import { chmodSync, mkdirSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, type TestContext, test } from 'vitest'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { skipOrFail } from '../support/needs.ts'
import { expectNoJobProcesses } from '../support/processes.ts'
import { mountSmallDisk, unmountSmallDisk } from '../support/small-disk.ts'
import { until } from '../support/until.ts'

let head: FakeHead
let agent: AgentProcess
let session: FakeSession
let uid = ''
afterEach(async () => {
  await agent.stop()
  unmountSmallDisk(agent.work)
  await agent.cleanUp()
  await head.stop()
})

/** An agent with a jobset that is built; `mib`: on a disk of that size. */
async function start(context: TestContext, options: { mib?: number; path?: (bin: string) => string } = {}): Promise<string> {
  head = new FakeHead()
  agent = new AgentProcess()
  await head.start()
  const fault = options.mib === undefined ? null : mountSmallDisk(agent.work, options.mib)
  if (fault !== null) skipOrFail(context, fault)
  const bin = join(agent.home, 'bin')
  mkdirSync(bin)
  for (const name of ['python3', 'flock', 'sync']) symlinkSync(`/usr/bin/${name}`, join(bin, name))
  agent.start(head, { env: { PATH: options.path?.(bin) ?? '/usr/bin:/bin' } })
  session = await head.session()
  const jobset = head.jobset({})
  uid = jobset.uid
  const built = await head.build(session, jobset)
  expect(built.outcome, built.reason).toBe('succeeded')
  return bin
}

async function run(script: string, files: { name: string; content: Buffer }[] = []) {
  const job = head.job(uid, script, { files })
  session.send({ assign: [job] })
  return await head.result(job.attempt_id)
}

test('a job that fills the disk fails by its own exit code, nothing of it stays, and the next one runs', async (context) => {
  await start(context, { mib: 16 })
  const fill = 'with open("distribute_save/big", "wb") as f:\n  while True: f.write(bytes(65536)); f.flush()'
  const full = await run(`print("begun", flush=True)\n${fill}`)
  expect(full).toMatchObject({ outcome: 'failed', exit_code: 1, started: true })
  // it saved more than a message holds
  const upload = head.http.uploads.get(full.attempt_id)
  expect(upload?.files.get('stdout.txt')?.toString()).toMatch(/^begun\n/)
  expect(upload?.files.get('big')?.length).toBeGreaterThan(8 << 20)
  await expectNoJobProcesses(agent.work)
  await until('what it left is gone', () => freeMib(agent.work) > 12)
  const next = await run('open("distribute_save/f", "wb").write(bytes(8 << 20))\nprint("room")')
  expect(next).toMatchObject({ outcome: 'succeeded' })
})

test('a job whose inputs do not fit goes back to the head, which may ask another node, and the next one runs', async (context) => {
  await start(context, { mib: 16 })
  const large = head.job(uid, 'print("not reached")', { files: [{ name: 'large', content: Buffer.alloc(24 << 20, 'x') }] })
  session.send({ assign: [large] })
  const back = await head.until(() => session.returned.find((item) => item.attempt_id === large.attempt_id), 'the job')
  expect(back.reason).toMatch(/ENOSPC|no space/i)
  expect((await run('print("room")')).outcome).toBe('succeeded')
})

test('a build that fills the disk fails on this node', async (context) => {
  await start(context, { mib: 16 })
  const jobset = head.jobset({ build: 'open("huge", "wb").write(bytes(32 << 20))' })
  expect(await head.build(session, jobset)).toMatchObject({ build: true, outcome: 'failed', exit_code: 1 })
  await until('what it left is gone', () => freeMib(agent.work) > 12)
  expect((await run('print("room")')).outcome).toBe('succeeded')
})

test('without its interpreter a job cannot start: stage_failed that names it; when it is back, jobs run', async (context) => {
  const bin = await start(context, { path: (folder) => folder })
  rmSync(join(bin, 'python3'))
  const missing = await run('print("not reached")')
  expect(missing).toMatchObject({ outcome: 'stage_failed', started: false })
  expect(missing.reason).toContain('no python3 on this node')
  symlinkSync('/usr/bin/python3', join(bin, 'python3'))
  expect((await run('print("here")')).outcome).toBe('succeeded')
  rmSync(join(bin, 'python3'))
  const gone = await run('print("not reached")')
  expect(gone).toMatchObject({ outcome: 'stage_failed', started: false })
  expect(gone.reason).toContain('no python3 on this node')
})

test('a program whose own interpreter is not there cannot start either, and the reason names the program', async (context) => {
  const bin = await start(context, { path: (folder) => `${folder}:/usr/bin:/bin` })
  writeFileSync(join(bin, 'apptainer'), '#!/nowhere/sh\necho not reached\n')
  chmodSync(join(bin, 'apptainer'), 0o755)
  const sif = head.file({ name: 'tool.sif', content: 'image' })
  const image = { ...head.jobset({}), kind: 'apptainer', sif: { ...sif, sha256: Buffer.from(sif.sha256, 'hex') } }
  expect((await head.build(session, image)).outcome).toBe('succeeded')
  const job = { ...head.job(image.uid, ''), script: null }
  session.send({ assign: [job] })
  const result = await head.result(job.attempt_id)
  expect(result).toMatchObject({ outcome: 'stage_failed', started: false })
  expect(result.reason).toContain('bin/apptainer')
})

function freeMib(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return (bavail * bsize) / 1024 ** 2
}
