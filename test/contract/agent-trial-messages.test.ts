// Trials that report by batchtools' sockets and files, on the real agent, launcher and keeper: every way of talking, what is
// odd about real scripts, and that nothing is lost when agent, keeper or launcher go.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TrialRules } from '../../shared/model/trial.ts'
import { float, type Params } from '../../shared/model/value.ts'
import type { Assign } from '../../shared/wire/gen/dist/Assign.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { needs } from '../support/needs.ts'
import { root } from '../support/programs.ts'
import { trialJob, trialResult, trialRules } from '../support/trial-jobs.ts'
import { until } from '../support/until.ts'

const head = new FakeHead()
const agent = new AgentProcess()
const runner = { name: 'runner_like.py', content: readFileSync(join(root, 'test/support/runner_like.py')) }
const params: Params = [['x', float(2)]]
let session: FakeSession
let next = 0

beforeAll(async () => {
  await head.start()
  agent.start(head)
  session = await head.session()
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

async function search(rules: Partial<TrialRules>) {
  const jobset = { ...head.jobset({ files: [runner] }), ...trialRules(rules) }
  await head.build(session, jobset)
  return jobset.uid
}

const start = `
import json, os, signal, subprocess, sys, time
sys.path.insert(0, 'input')
from runner_like import Runner
r = Runner(os.environ.get('WANT', '*='))
`
const report = `r.send(json.dumps({'x': r.values['x'], 'loss': r.values['x'] ** 2}))\n`

function give(uid: string, script: string, more: Partial<Assign> = {}) {
  const job = { ...head.job(uid, start + script), ...trialJob(next++, params), ...more }
  session.send({ assign: [job] })
  return job
}

async function run(uid: string, script: string, more: Partial<Assign> = {}) {
  const job = give(uid, script, more)
  const result = await head.result(job.attempt_id)
  const saved = Object.fromEntries(result.files.map(({ path, data }) => [path, data.toString()]))
  return { job, result, saved, trial: trialResult(result), printed: result.stdout.toString() }
}

const reported = { end: { kind: 'reported', values: [4], warning: null }, broken: null }

test.each(['socket', 'unix'] as const)(
  '%s: a script connects, is idle, sends and goes; what it sent is also in its label.out',
  async (commType) => {
    const uid = await search({ commType })
    const { trial, saved, job } = await run(uid, `assert r.connect()\ntime.sleep(0.2)\n${report}r.close()`)
    expect(trial).toMatchObject({ ...reported, report: { source: 'frame', text: '{"x": 2.0, "loss": 4.0}' } })
    expect(saved).toEqual({ [`${job.job_name}.out`]: '{"x": 2.0, "loss": 4.0}' })
  },
)

test('filesystem: the file is the report and stays, with and without its signal, and an empty one is none', async () => {
  const uid = await search({ commType: 'filesystem' })
  const whole = await run(uid, report)
  expect(whole.trial).toMatchObject({ ...reported, report: { source: 'file' } })
  expect(Object.keys(whole.saved)).toEqual([`${whole.job.job_name}.out`, `${whole.job.job_name}.sgl`])
  const unsigned = `open(os.environ['MSGFILE'], 'w').write('noise\\n{"loss": 4}')`
  expect((await run(uid, unsigned)).trial).toMatchObject(reported)
  const touched = await run(uid, `open(os.environ['MSGFILE'], 'w')`)
  expect(touched.trial.end.kind).toBe('no_result')
})

test('filesystem: what the trial before left is no report of this one', async () => {
  const uid = await search({ commType: 'filesystem' })
  expect((await run(uid, report)).trial).toMatchObject(reported)
  next--
  const again = await run(uid, 'print(os.listdir("distribute_save"))')
  expect(again.printed).toBe('[]\n')
  expect(again.trial.end.kind).toBe('no_result')
})

test('none, and auto for a script without a word of batchtools: nothing to connect to', async () => {
  const look = 'print([name for name in ("SOCNAME", "MSGFILE", "SGLFILE") if name in os.environ])'
  expect((await run(await search({ commType: 'none' }), look)).printed).toBe('[]\n')
  const plain = { ...head.jobset({}), ...trialRules({ commType: 'auto' }) }
  await head.build(session, plain)
  const job = { ...head.job(plain.uid, 'import os; print("SOC" + "NAME" in os.environ)'), ...trialJob(next++) }
  session.send({ assign: [job] })
  expect((await head.result(job.attempt_id)).stdout.toString()).toBe('False\n')
  expect((await run(await search({ commType: 'auto' }), `${look}\nassert r.connect()\n${report}`)).trial).toMatchObject(reported)
})

test('a script that cannot connect leaves a file, which counts', async () => {
  const uid = await search({ commType: 'socket' })
  const { trial } = await run(uid, `os.environ['SOCNAME'] = "('127.0.0.1', 1)"\nassert not r.connect()\n${report}`)
  expect(trial).toMatchObject({ ...reported, report: { source: 'file' } })
})

test.each(['socket', 'unix'] as const)('%s: connecting twice, the first time without a word', async (commType) => {
  const uid = await search({ commType })
  const wait = commType === 'unix' ? 'while not os.path.exists(os.environ["SOCNAME"]): time.sleep(0.01)\n' : ''
  const { trial } = await run(uid, `assert r.connect()\nr.close()\n${wait}assert r.connect()\n${report}`)
  expect(trial).toMatchObject(reported)
})

test('a report and exit 1, as MPI programs end: reported with a warning; exit 0 without a report is no result', async () => {
  const uid = await search({ commType: 'socket' })
  const mpi = await run(uid, `assert r.connect()\n${report}sys.exit(1)`)
  expect(mpi.trial.end).toEqual({ kind: 'reported', values: [4], warning: 'failed: exit code 1' })
  expect((await run(uid, 'assert r.connect()')).trial.end.kind).toBe('no_result')
})

test('MPI: the first of two ranks reports, the other one fails', async (context) => {
  needs(context, 'mpiexec')
  const uid = await search({ commType: 'socket' })
  const rank = 'int(os.environ.get("PMI_RANK") or os.environ["OMPI_COMM_WORLD_RANK"])'
  const code = `if ${rank} > 0: sys.exit(1)\nassert r.connect()\n${report}r.close()`
  const file = { name: 'init.py', content: start + code }
  const more = {
    ...head.job(uid, '', { files: [file] }),
    script: null,
    env: { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
  }
  const run = 'mpiexec -n 2 python3 input/init.py'
  const job = { ...more, ...trialJob(next++, params), run }
  session.send({ assign: [job] })
  const { end } = trialResult(await head.result(job.attempt_id))
  expect(end).toMatchObject({ kind: 'reported', values: [4] })
  expect(end.kind === 'reported' && end.warning).toContain('failed')
})

test('a job that is killed in the middle of everything has reported what it sent before', async () => {
  const uid = await search({ commType: 'socket' })
  const { trial } = await run(uid, `assert r.connect()\n${report}os.kill(os.getpid(), signal.SIGKILL)`)
  expect(trial.end).toEqual({ kind: 'reported', values: [4], warning: 'failed: SIGKILL' })
})

test('a daemon that the job left holds nothing up: it is ended with the job', async () => {
  const uid = await search({ commType: 'socket' })
  const daemon = `
assert r.connect()
${report}
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True: time.sleep(60)
    os._exit(0)
os.wait()
sys.exit(1)
`
  const { trial } = await run(uid, daemon)
  expect(trial.end).toEqual({ kind: 'reported', values: [4], warning: 'failed: exit code 1' })
})

test('several messages: the first that has the metric counts, whatever it came over', async () => {
  const uid = await search({ commType: 'socket' })
  const { trial, saved } = await run(uid, `assert r.connect()\nr.send('hello')\n${report}r.send('{"loss": 9}')`)
  expect(trial).toMatchObject({ ...reported, report: { text: '{"x": 2.0, "loss": 4.0}' } })
  expect(Object.values(saved)).toEqual(['{"x": 2.0, "loss": 4.0}'])
  const odd = await run(uid, `assert r.connect()\nr.send('hello')`)
  expect(odd.trial.end).toMatchObject({ kind: 'bad_metric', reason: 'the job sent "hello", which has no loss' })
})

test('a script that reads another delimiter runs with its defaults: its echo tells', async () => {
  const uid = await search({ commType: 'socket', delimiter: '*=' })
  const deaf = `assert r.connect()\nprint(r.values)\nr.send(json.dumps({'x': 1.0, 'loss': 1.0}))`
  const { trial } = await run(uid, deaf, { env: { WANT: '=' } })
  expect(trial.end).toMatchObject({ kind: 'params_mismatch', reason: 'x was sent as 2 and came back as 1' })
  const old = await search({ commType: 'socket', delimiter: '=' })
  expect((await run(old, `assert r.connect()\n${report}`, { env: { WANT: '=' } })).trial).toMatchObject(reported)
})

test('the agent is killed, and the job reports before and after another one is there', async () => {
  const uid = await search({ commType: 'socket' })
  const go = (name: string) => join(agent.home, name)
  const waits = (name: string) => `while not os.path.exists('${go(name)}'): time.sleep(0.02)\n`
  const late = give(uid, `assert r.connect()\n${waits('go-1')}${report}sys.exit(1)`)
  const queued = give(uid, `assert r.connect()\n${waits('go-2')}${report}`)
  await head.until(() => session.started.includes(late.attempt_id), 'the start')
  const launcher = agent.launcherPid()
  await agent.kill('SIGKILL')
  // nobody but the launcher is there to hear it
  writeFileSync(go('go-1'), '')
  await until('the message', () => existsSync(join(agent.work, 'attempts', late.attempt_id, 'frames')))
  agent.start(null)
  session = await head.until(() => head.sessions.findLast((one) => one.open && one !== session), 'another session')
  const first = trialResult(await head.result(late.attempt_id))
  expect(first.end).toEqual({ kind: 'reported', values: [4], warning: 'failed: exit code 1' })
  writeFileSync(go('go-2'), '')
  expect(trialResult(await head.result(queued.attempt_id))).toMatchObject(reported)
  expect(agent.launcherPid()).toBe(launcher)
  await until('nothing of them is left', () => readdirSync(join(agent.work, 'attempts')).length === 0)
})

test('the keeper is killed after the report: the report counts, and the loss of the job is a warning', async () => {
  const uid = await search({ commType: 'socket' })
  const job = give(uid, `assert r.connect()\n${report}time.sleep(600)`)
  await head.until(() => session.started.includes(job.attempt_id), 'the start')
  await until('the message', () => existsSync(join(agent.work, 'attempts', job.attempt_id, 'frames')))
  process.kill(keeperOf(job.attempt_id), 'SIGKILL')
  const { end } = trialResult(await head.result(job.attempt_id))
  expect(end).toEqual({ kind: 'reported', values: [4], warning: 'lost: its keeper ended while it ran' })
})

test('the launcher is killed: who had reported has, who waits gets another place to connect to', async () => {
  const uid = await search({ commType: 'socket' })
  const running = give(uid, `assert r.connect()\n${report}time.sleep(600)`)
  const waiting = give(uid, `assert r.connect()\n${report}`)
  const lost = give(uid, `assert r.connect()\n${report}`)
  await head.until(() => session.started.includes(running.attempt_id), 'the start')
  await until('the message', () => existsSync(join(agent.work, 'attempts', running.attempt_id, 'frames')))
  process.kill(agent.launcherPid() ?? 0, 'SIGKILL')
  const { end } = trialResult(await head.result(running.attempt_id))
  expect(end).toMatchObject({ kind: 'reported', values: [4] })
  expect(end.kind === 'reported' && end.warning).toContain('lost')
  for (const job of [waiting, lost]) expect(trialResult(await head.result(job.attempt_id))).toMatchObject(reported)
})

/** The keeper whose child has this attempt in its environment. */
function keeperOf(attempt: string): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`DIST_ATTEMPT=${attempt}`)) continue
      const parent = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      const command = readFileSync(`/proc/${parent}/cmdline`, 'utf8')
      if (command.includes('keeper.py')) return Number(parent)
    } catch {
      // it ended
    }
  }
  throw new Error(`no keeper runs ${attempt}`)
}
