// Agent and head come and go: adoption after kill -9, results that wait, reconnecting, orderly ends, --once, agent.yaml.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
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

async function joined(flags: readonly string[] = []) {
  agent.start(head, { flags })
  const session = await head.session()
  const jobset = head.jobset({ build: 'open("built", "w")' })
  await head.build(session, jobset)
  return { session, jobset }
}

/** Waits for a file `go-<name>` that the test makes. */
const waiting = (flag: string) =>
  `import os, time\nprint("begun")\nwhile not os.path.exists(${JSON.stringify(flag)}): time.sleep(0.02)\nprint("ended")`

test('a job goes on while the agent is dead, and the next agent adopts it', async () => {
  const { session, jobset } = await joined()
  const flag = join(agent.home, 'go')
  const job = head.job(jobset.uid, waiting(flag))
  const queued = head.job(jobset.uid, 'print("next")')
  session.send({ assign: [job, queued] })
  await head.until(() => session.started.includes(job.attempt_id), 'the start')
  await agent.kill('SIGKILL')
  agent.start(null)
  const next = await head.until(() => head.sessions.findLast((item) => item.open && item !== session), 'the next session')
  const held = Object.fromEntries((next.hello?.held ?? []).map((item) => [item.attempt_id, item.state]))
  expect(held).toEqual({ [job.attempt_id]: 'RUNNING', [queued.attempt_id]: 'AHEAD' })
  expect(next.hello?.built).toEqual([jobset.uid])
  const after = head.job(jobset.uid, 'import os\nprint(os.path.exists("built"))')
  next.send({ jobsets: [jobset], assign: [after] })
  writeFileSync(flag, '')
  expect((await head.result(job.attempt_id)).stdout.toString()).toBe('begun\nended\n')
  expect((await head.result(queued.attempt_id)).stdout.toString()).toBe('next\n')
  expect((await head.result(after.attempt_id)).stdout.toString()).toBe('True\n')
})

test('a launcher that ends while the work folder is synced fails no build', async () => {
  const bin = join(agent.home, 'bin')
  mkdirSync(bin)
  // the first time its parent, the launcher, dies before the disk has answered
  const ended = join(agent.home, 'ended')
  const lines = ['#!/bin/sh', `[ -e ${ended} ] || { : > ${ended}; kill -9 $PPID; exit 1; }`, 'exec /usr/bin/sync "$@"', '']
  writeFileSync(join(bin, 'sync'), lines.join('\n'), { mode: 0o755 })
  agent.start(head, { env: { PATH: `${bin}:${process.env['PATH']}` } })
  const session = await head.session()
  const jobset = head.jobset({ build: 'open("built", "w")' })
  await head.build(session, jobset)
  expect(existsSync(ended)).toBe(true)
  const job = head.job(jobset.uid, 'import os\nprint(os.path.exists("built"))')
  session.send({ assign: [job] })
  expect((await head.result(job.attempt_id)).stdout.toString()).toBe('True\n')
})

test('results that the head did not confirm are sent again after a restart, small and large', async () => {
  const { session, jobset } = await joined()
  head.commits = false
  const small = head.job(jobset.uid, 'print("small")')
  const large = head.job(jobset.uid, 'open("distribute_save/big", "wb").write(b"x" * 50000)')
  session.send({ assign: [small, large] })
  await head.result(small.attempt_id)
  await head.result(large.attempt_id)
  await agent.kill('SIGKILL')
  head.finished.length = 0
  head.http.uploads.clear()
  head.commits = true
  agent.start(null)
  expect((await head.result(small.attempt_id)).stdout.toString()).toBe('small\n')
  expect((await head.result(large.attempt_id)).shipped).toBe(true)
  expect(head.http.uploads.get(large.attempt_id)?.files.get('big')?.length).toBe(50_000)
  await expect.poll(() => existsSync(join(agent.work, 'attempts', large.attempt_id)), { timeout: 5000 }).toBe(false)
})

test('without a head it goes on, and tells all when the head is back', async () => {
  const { session, jobset } = await joined()
  const flag = join(agent.home, 'go')
  const job = head.job(jobset.uid, waiting(flag))
  const queued = head.job(jobset.uid, `open(${JSON.stringify(join(agent.home, 'second'))}, "w")`)
  session.send({ assign: [job, queued] })
  await head.until(() => session.started.includes(job.attempt_id), 'the start')
  head.stopGrpc()
  writeFileSync(flag, '')
  await expect.poll(() => existsSync(join(agent.home, 'second')), { timeout: 10_000 }).toBe(true)
  await head.startGrpc()
  expect((await head.result(job.attempt_id)).outcome).toBe('succeeded')
  expect((await head.result(queued.attempt_id)).outcome).toBe('succeeded')
})

test('a killed launcher takes its job along; the job is reported lost and the waiting one runs', async () => {
  const { session, jobset } = await joined()
  const job = head.job(jobset.uid, waiting(join(agent.home, 'never')))
  const queued = head.job(jobset.uid, 'print("ran")')
  session.send({ assign: [job, queued] })
  await head.until(() => session.started.includes(job.attempt_id), 'the start')
  process.kill(agent.launcherPid() ?? 0, 'SIGKILL')
  expect((await head.result(job.attempt_id)).outcome).toBe('lost')
  expect((await head.result(queued.attempt_id)).stdout.toString()).toBe('ran\n')
})

test('SIGTERM with nothing to wait for stops the jobs, hands them back, says goodbye and ends the launcher', async () => {
  const { session, jobset } = await joined(['--drain-timeout', '0s'])
  const job = head.job(jobset.uid, waiting(join(agent.home, 'never')))
  const queued = head.job(jobset.uid, 'print("never")')
  session.send({ assign: [job, queued] })
  await head.until(() => session.started.includes(job.attempt_id), 'the start')
  expect(await agent.kill('SIGTERM')).toBe(0)
  expect(session.returned.map((item) => item.attempt_id).sort()).toEqual([job.attempt_id, queued.attempt_id].sort())
  expect(session.goodbye).toBe('agent stopping')
  await expect.poll(() => agent.launcherPid()).toBe(null)
  agent.start(null)
  const next = await head.until(() => head.sessions.findLast((item) => item.open && item !== session), 'the next session')
  expect(next.hello?.held).toEqual([])
})

test('verdicts of an inventory are obeyed: stop and forget', async () => {
  const { session, jobset } = await joined()
  const job = head.job(jobset.uid, waiting(join(agent.home, 'never')))
  session.send({ assign: [job] })
  await head.until(() => session.started.includes(job.attempt_id), 'the start')
  session.send({ verdicts: [{ attempt_id: job.attempt_id, kind: 'STOP' }] })
  expect((await head.result(job.attempt_id)).outcome).toBe('cancelled')
  const other = head.job(jobset.uid, waiting(join(agent.home, 'never')))
  session.send({ assign: [other] })
  await head.until(() => session.started.includes(other.attempt_id), 'the start')
  session.send({ verdicts: [{ attempt_id: other.attempt_id, kind: 'FORGET' }] })
  const after = head.job(jobset.uid, 'print("free")')
  session.send({ assign: [after] })
  expect((await head.result(after.attempt_id)).stdout.toString()).toBe('free\n')
  expect(head.finished.some((item) => item.attempt_id === other.attempt_id)).toBe(false)
})

test('--once leaves with 0 when the head has nothing for it', async () => {
  const { session, jobset } = await joined(['--once'])
  expect(session.hello?.node?.once).toBe(true)
  const job = head.job(jobset.uid, 'print(1)')
  session.send({ assign: [job] })
  await head.result(job.attempt_id)
  session.send({ idle: true })
  expect(await agent.exit()).toBe(0)
  expect(session.goodbye).toContain('nothing left')
})

test('agent.yaml is advertised live, and a broken one keeps what was there', async () => {
  const { session } = await joined(['--cores', '3'])
  writeFileSync(join(agent.work, 'agent.yaml'), 'name: bench7\ncapabilities: [gfortran=12.2, lab]\ncores: 9\n')
  const told = await head.until(() => session.frames.findLast((frame) => frame.node !== null)?.node, 'the news')
  expect(told).toMatchObject({ name: 'bench7', cores: 3 })
  expect(told.capabilities).toEqual(expect.arrayContaining(['gfortran=12.2', 'lab', 'cores=3']))
  writeFileSync(join(agent.work, 'agent.yaml'), 'capabilitys: [x]\n')
  await expect.poll(() => agent.log, { timeout: 10_000 }).toContain('capabilitys')
  expect(session.frames.filter((frame) => frame.node !== null)).toHaveLength(1)
})

test('a wrong join code is refused with a hint, and nothing is left running', async () => {
  head.http.codes.clear()
  agent.start(head)
  expect(await agent.exit()).toBe(1)
  expect(agent.log).toContain('bad_join_code')
})

test('a head that forgot the node is joined again with the code', async () => {
  await joined()
  await agent.kill('SIGTERM')
  head.http.keys.clear()
  agent.start(head)
  await head.until(() => head.sessions.filter((item) => item.open).length > 0 && head.http.keys.size === 1, 'the next session')
})

test('a lost answer to the enrolment is no lock-out: the same key gets the same node', async () => {
  const { session } = await joined()
  await agent.kill('SIGTERM')
  rmSync(join(agent.work, 'agent.json'))
  agent.start(head)
  const next = await head.until(() => head.sessions.findLast((item) => item.open && item !== session), 'the next session')
  expect(next.hello?.node_id).toBe(session.hello?.node_id)
})
