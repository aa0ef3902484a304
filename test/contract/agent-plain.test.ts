// A node without python3: the agent, its launcher and plain keepers, with a PATH that holds no python3.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { float } from '../../shared/model/value.ts'
import type { Assign } from '../../shared/wire/gen/dist/Assign.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { needs } from '../support/needs.ts'
import { expectNoProcesses, isAlive, processesOf } from '../support/processes.ts'
import { trialJob, trialResult, trialRules } from '../support/trial-jobs.ts'
import { until } from '../support/until.ts'
import { pathWithoutPython } from '../support/without-python.ts'

let head: FakeHead
let agent: AgentProcess
let session: FakeSession
let uid = ''
let env: Record<string, string> = {}

beforeEach(async () => {
  head = new FakeHead()
  agent = new AgentProcess()
  await head.start()
  env = { PATH: pathWithoutPython(join(agent.home, 'bin')) }
  agent.start(head, { env, flags: ['--drain-timeout', '0s'] })
  session = await head.session()
  const jobset = {
    ...head.jobset({ files: [{ name: 'init.txt', content: 'init' }] }),
    kind: 'shell',
    build_command: 'cat initial_files/init.txt > built; echo built here; echo log > distribute_save/build.log',
  }
  uid = jobset.uid
  const built = await head.build(session, jobset)
  expect(built).toMatchObject({ outcome: 'succeeded' })
  expect(built.stdout.toString()).toBe('built here\n')
  expect(built.files.map((file) => file.path)).toEqual(['build.log'])
})

afterEach(async () => {
  await agent.cleanUp()
  await head.stop()
})

function shellJob(run: string, more: Partial<Assign> = {}) {
  return { ...head.job(uid, ''), script: null, run, ...more }
}

async function result(run: string, more: Partial<Assign> = {}) {
  const job = shellJob(run, more)
  session.send({ assign: [job] })
  return await head.result(job.attempt_id)
}

async function started(run: string, more: Partial<Assign> = {}): Promise<string> {
  const job = shellJob(run, more)
  session.send({ assign: [job] })
  await head.until(() => session.started.includes(job.attempt_id), 'the start')
  return job.attempt_id
}

/** A job that leaves a grandchild in a session of its own and waits; the pid is in `note`. */
const withGrandchild = (
  note: string,
) => `setsid sh -c 'echo $$ > ${note}.new; exec sleep 600' & until [ -s ${note}.new ]; do sleep 0.02; done
  cat ${note}.new > ${note}; sleep 600`

const pidIn = (file: string) => Number(readFileSync(file, 'utf8').trim())

test('the agent says what is less without python3, and does not claim to have it', async () => {
  expect(agent.log).toContain('no working python3')
  expect(agent.log).toContain('memory limits: none')
  expect(session.hello?.node?.capabilities.filter((word) => word.startsWith('python'))).toEqual([])
  const keepers = processesOf(agent.work).filter(({ command }) => command.includes('plain-keeper'))
  expect(keepers).toHaveLength(1)
})

test('output, files and outcomes of shell jobs arrive, small and large', async () => {
  const good = await result('echo out; echo err >&2; cat built input/init.txt; mkdir distribute_save/d; echo x > distribute_save/d/f')
  expect(good).toMatchObject({ outcome: 'succeeded' })
  expect(good.stdout.toString()).toBe('out\nerr\ninitinit')
  expect(good.files.map((file) => [file.path, file.data.toString()])).toEqual([['d/f', 'x\n']])
  expect(await result('exit 7')).toMatchObject({ outcome: 'failed', exit_code: 7 })
  expect(await result('kill -SEGV $$')).toMatchObject({ outcome: 'failed', signal: 'SIGSEGV' })
  const large = await result('head -c 50000 /dev/zero > distribute_save/big; head -c 40000 /dev/zero')
  expect(large).toMatchObject({ outcome: 'succeeded', shipped: true })
  const files = head.http.uploads.get(large.attempt_id)?.files
  expect([files?.get('big')?.length, files?.get('stdout.txt')?.length]).toEqual([50_000, 40_000])
})

test('what a job uses is sampled, and roughly right', async (context) => {
  needs(context, 'awk')
  // a string of 64 MiB, then something to do: 0.5 s or more of one CPU
  const job = await result(
    `awk 'BEGIN { s = "x"; for (i = 0; i < 26; i++) s = s s; for (i = 0; i < 6000000; i++) n += i % 7; print length(s) }'`,
  )
  expect(job.stdout.toString()).toBe('67108864\n')
  const { usage } = job
  expect(usage?.memory_source).toBe('sampled')
  expect(usage?.peak_memory).toBeGreaterThan(60 << 20)
  expect(usage?.peak_memory).toBeLessThan(400 << 20)
  const cpu = (usage?.user_seconds ?? 0) + (usage?.system_seconds ?? 0)
  expect(cpu).toBeGreaterThan(0.1)
  expect(cpu).toBeLessThan((usage?.wall_seconds ?? 0) * 1.2)
})

test('a time limit ends a grandchild with a session of its own, too', async () => {
  const note = join(agent.home, 'grandchild')
  expect(await result(withGrandchild(note), { time_limit_seconds: 1 })).toMatchObject({ outcome: 'timeout', started: true })
  expect(isAlive(pidIn(note))).toBe(false)
})

test('a job that is cancelled leaves no process, a daemon neither', async () => {
  const note = join(agent.home, 'grandchild')
  const id = await started(withGrandchild(note))
  await until('the grandchild', () => existsSync(note))
  expect(isAlive(pidIn(note))).toBe(true)
  session.send({ verdicts: [{ attempt_id: id, kind: 'STOP' }] })
  expect((await head.result(id)).outcome).toBe('cancelled')
  expect(isAlive(pidIn(note))).toBe(false)
  await until('no process of the job', () => processesOf(join(agent.work, 'ws')).length === 0)
})

test('a job goes on while the agent is dead, and the next agent adopts it', async () => {
  const go = join(agent.home, 'go')
  const id = await started(`echo begun; until [ -e ${go} ]; do sleep 0.02; done; echo ended`)
  await agent.kill('SIGKILL')
  agent.start(null, { env })
  const next = await head.until(() => head.sessions.findLast((one) => one.open && one !== session), 'the next session')
  expect(next.hello?.held?.map((item) => [item.attempt_id, item.state])).toEqual([[id, 'RUNNING']])
  writeFileSync(go, '')
  expect((await head.result(id)).stdout.toString()).toBe('begun\nended\n')
})

test('a killed launcher takes its job along, which is reported lost', async () => {
  const note = join(agent.home, 'grandchild')
  const id = await started(withGrandchild(note))
  await until('the grandchild', () => existsSync(note))
  process.kill(agent.launcherPid() ?? 0, 'SIGKILL')
  expect((await head.result(id)).outcome).toBe('lost')
  expect(isAlive(pidIn(note))).toBe(false)
  expect((await result('echo next')).stdout.toString()).toBe('next\n')
})

test('kill -9 of launcher and keeper: the next keeper ends what they left, and says lost', async () => {
  const note = join(agent.home, 'grandchild')
  const id = await started(withGrandchild(note))
  await until('the grandchild', () => existsSync(note))
  const keeper = processesOf(agent.work).find(({ command }) => command.includes('plain-keeper'))?.pid ?? 0
  await agent.kill('SIGKILL')
  // stopped first: between the two kills a keeper without its launcher would end its job, a launcher without it start another
  const launcher = agent.launcherPid() ?? 0
  process.kill(launcher, 'SIGSTOP')
  process.kill(keeper, 'SIGKILL')
  process.kill(launcher, 'SIGKILL')
  await until('the keeper is gone', () => !isAlive(keeper))
  // the control: nobody cleans up behind a killed plain keeper
  expect(isAlive(pidIn(note))).toBe(true)
  agent.start(null, { env })
  expect((await head.result(id)).outcome).toBe('lost')
  expect(isAlive(pidIn(note))).toBe(false)
})

test('SIGTERM ends the agent, its launcher and its keepers', async () => {
  await started('sleep 600')
  await agent.kill('SIGTERM')
  expect(await agent.exit()).toBe(0)
  await expectNoProcesses(agent.work)
})

test('a python jobset ends as stage_failed that names python3, with its build and without', async () => {
  for (const jobset of [head.jobset({ build: 'print(1)' }), head.jobset({})]) {
    const build = await head.build(session, jobset)
    expect(build).toMatchObject({ outcome: 'stage_failed', started: false })
    expect(build.reason).toContain('python3')
  }
  expect((await result('echo still here')).stdout.toString()).toBe('still here\n')
})

test('code from elsewhere is refused with the reason', async () => {
  const source = { git_url: 'file:///nowhere', ref: 'main' }
  const build = await head.build(session, { ...head.jobset({}), kind: 'shell', build_command: 'true', source })
  expect(build).toMatchObject({ outcome: 'stage_failed', started: false })
  expect(build.reason).toContain('needs python3 on this node')
})

test('nice is added to what the agent has', async () => {
  const own = Number((await result('nice')).stdout.toString())
  expect(Number((await result('nice', { nice: 5 })).stdout.toString())).toBe(Math.min(own + 5, 19))
})

test('a trial has its values, is listened to, and is judged by what it reports', async () => {
  const jobset = { ...head.jobset({}), kind: 'shell', ...trialRules({ commType: 'socket', setup: 'said=hello' }) }
  await head.build(session, jobset)
  const run = (command: string) => result(command, { ...trialJob(1, [['x', float(2)]]), jobset_uid: jobset.uid })
  const line = await run('echo "$said $FLOATRUNTK0"; echo "DIST_METRIC loss=$DIST_PARAM_X"; exit 1')
  expect(line.stdout.toString()).toContain('hello x*=2.0\n')
  expect(trialResult(line).end).toEqual({ kind: 'reported', values: [2], warning: 'failed: exit code 1' })
  const send = `const [host, port] = process.env.SOCNAME.match(/[0-9.]+/g)
    require('net').connect(port, host).end(Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('{"loss": 3}')]))`
  const message = await run(`${process.execPath} -e '${send.replaceAll("'", "'\\''")}'`)
  expect(trialResult(message)).toMatchObject({ end: { kind: 'reported', values: [3] }, report: { source: 'frame' } })
})
