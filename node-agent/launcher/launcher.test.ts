import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sha256 } from '../../shared/files/digest.ts'
import { daemonScript, python, temporaryFolder } from '../../test/support/keeper-harness.ts'
import { expectNoProcesses, isAlive } from '../../test/support/processes.ts'
import { until } from '../../test/support/until.ts'
import { within } from '../../test/support/within.ts'
import { readJournal } from '../journal/read.ts'
import { connectLauncher } from './client.ts'
import { readFrames } from './frames-file.ts'
import { launcherArguments } from './launcher-command.ts'
import { exitLocked } from './launcher-exit.ts'
import type { LauncherLink } from './launcher-link.ts'
import type { ExitReport, GoneEvent, InventoryReport, KeeperEvent, KeeperReport, RunOrder } from './messages.ts'

interface Agent {
  readonly link: LauncherLink
  readonly reports: KeeperReport[]
  readonly keepers: KeeperEvent[]
  readonly gone: GoneEvent[]
}

/** A work folder whose launcher ends with the test. */
function workFolder(name = ''): string {
  const work = join(temporaryFolder(), name)
  mkdirSync(join(work, 'ws', 'abc'), { recursive: true })
  onTestFinished(() => expectNoProcesses(work, 15_000))
  return work
}

async function connect(work: string, idleMs = 2_000): Promise<Agent> {
  const signal = new AbortController().signal
  const link = await connectLauncher({ work, python, signal, log: () => {}, idleMs })
  const agent: Agent = { link, reports: [], keepers: [], gone: [] }
  link.onReports((_, reports) => agent.reports.push(...reports))
  link.onKeeper((event) => agent.keepers.push(event))
  link.onGone((event) => agent.gone.push(event))
  onTestFinished(() => link.stop(0))
  return agent
}

async function withKeeper(work: string, idleMs?: number): Promise<Agent> {
  const agent = await connect(work, idleMs)
  agent.link.slots(1)
  template(agent.link, work)
  await until('the keeper is ready', () => agent.keepers.length > 0)
  return agent
}

function template(link: LauncherLink, work: string): void {
  link.send(0, [{ op: 'tmpl', t: 'abc', w: join(work, 'ws/abc'), env: { PATH: '/usr/bin:/bin', WORK: work }, files: [] }])
}

function job(id: string, command: string, more: Partial<RunOrder> = {}): RunOrder {
  return { op: 'run', id, t: 'abc', k: 'job', argv: ['/bin/sh', '-c', command], env: {}, files: [], script: null, limit: null, ...more }
}

const exitOf = (agent: Agent, id: string) =>
  until(`exit of ${id}`, () => agent.reports.find((r): r is ExitReport => r.e === 'exit' && r.id === id))

async function inventory(agent: Agent): Promise<InventoryReport> {
  const seen = agent.reports.length
  agent.link.send(0, [{ op: 'inv' }])
  return await until('the inventory', () => agent.reports.slice(seen).find((r): r is InventoryReport => r.e === 'inv'))
}

const journal = (work: string) => readJournal(join(work, 'slot0.journal')).records.map(({ r, id }) => r + id)

function daemonJob(work: string): RunOrder {
  const content = `${daemonScript}\ntime.sleep(600)\n`
  writeFileSync(join(work, 'script'), content)
  return job('d1', '', {
    argv: [python, './job.py'],
    env: { DAEMON: join(work, 'daemon.pid') },
    script: ['job.py', sha256(content), 0o644, join(work, 'script')],
  })
}

async function runningDaemon(agent: Agent, work: string): Promise<number> {
  agent.link.send(0, [daemonJob(work)])
  await until('the daemon is there', () => existsSync(join(work, 'daemon.pid')))
  const pid = Number(readFileSync(join(work, 'daemon.pid'), 'utf8'))
  expect(isAlive(pid)).toBe(true)
  return pid
}

test('a launcher is started, greets, starts a keeper and runs a job', async () => {
  const work = workFolder()
  const agent = await withKeeper(work)
  expect(agent.link.hello).toMatchObject({ version: 2, keepers: {}, listening: [], boot: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  agent.link.send(0, [job('j1', 'echo hello')])
  expect(await exitOf(agent, 'j1')).toMatchObject({ st: 0, out: Buffer.from('hello\n').toString('base64') })
  expect(statSync(join(work, 'l.sock')).mode & 0o777).toBe(0o600)
})

test('orders sent before the keeper is ready wait for it', async () => {
  const work = workFolder()
  const agent = await connect(work)
  template(agent.link, work)
  agent.link.send(0, [job('j1', 'true')])
  agent.link.slots(1)
  expect((await exitOf(agent, 'j1')).st).toBe(0)
})

test('ping is answered and sync runs', async () => {
  const agent = await connect(workFolder())
  await within(agent.link.ping(), 'the pong')
  expect(await within(agent.link.sync(), 'synced')).toBe(true)
})

test('each slot has a keeper of its own; a surplus one leaves when its work is done', async () => {
  const work = workFolder()
  const agent = await withKeeper(work)
  agent.link.slots(2)
  await until('two keepers', () => agent.keepers.length === 2)
  agent.link.send(1, [
    { op: 'tmpl', t: 'abc', w: join(work, 'ws/abc'), env: { PATH: '/bin' }, files: [] },
    job('j1', 'echo $DIST_SLOT; sleep 0.1'),
  ])
  agent.link.slots(1)
  const exit = await exitOf(agent, 'j1')
  expect(Buffer.from(exit.out ?? '', 'base64').toString()).toBe(`${work}/slot1\n`)
  const pid = agent.keepers[1]?.pid ?? 0
  await until('the surplus keeper is gone', () => !isAlive(pid))
  expect(agent.gone).toEqual([])
  agent.link.send(0, [job('j2', 'true')])
  expect((await exitOf(agent, 'j2')).st).toBe(0)
})

test('a second launcher on the same folder is refused', async () => {
  const work = workFolder()
  await connect(work)
  const second = spawn(process.execPath, launcherArguments(work, 1000), { stdio: 'ignore' })
  const [code] = await once(second, 'exit')
  expect(code).toBe(exitLocked)
})

test('a second agent replaces the first and finds the same keeper', async () => {
  const work = workFolder()
  const first = await withKeeper(work)
  const ended = new Promise<void>((resolve) => first.link.onClose(resolve))
  const second = await connect(work)
  await within(ended, 'the first connection ends')
  expect(second.link.hello.pid).toBe(first.link.hello.pid)
  expect(second.keepers).toEqual(first.keepers)
  second.link.send(0, [job('j1', 'true')])
  expect((await exitOf(second, 'j1')).st).toBe(0)
})

test('jobs go on without an agent, and inventory and journal tell a new one everything', async () => {
  const work = workFolder()
  const first = await withKeeper(work, 5_000)
  first.link.send(0, [
    job('j1', 'echo one'),
    job('j2', 'while [ ! -e $WORK/go ]; do sleep 0.01; done'),
    job('j3', 'sleep 600'),
    job('j4', 'true'),
  ])
  await exitOf(first, 'j1')
  first.link.close()
  writeFileSync(join(work, 'go'), '')
  await until('j3 has started', () => journal(work).includes('sj3'))
  const second = await connect(work)
  expect(await inventory(second)).toMatchObject({ run: 'j3', queue: ['j4'], journal: ['j1', 'j2', 'j3'] })
  expect(journal(work)).toEqual(['sj1', 'xj1', 'sj2', 'xj2', 'sj3'])
  expect(second.reports.some((report) => report.e === 'exit')).toBe(false)
  second.link.send(0, [{ op: 'kill', id: 'j3', grace: 0, why: 'kill' }])
  expect(await exitOf(second, 'j3')).toMatchObject({ why: 'kill' })
  expect((await exitOf(second, 'j4')).st).toBe(0)
})

test('kill -9 of a keeper is told, leaves nothing of the job, and another one takes its place', async () => {
  const work = workFolder()
  const agent = await withKeeper(work)
  const daemon = await runningDaemon(agent, work)
  process.kill(agent.keepers[0]?.pid ?? 0, 'SIGKILL')
  await until('the next keeper is ready', () => agent.keepers.length === 2)
  expect(agent.gone).toMatchObject([{ slot: 0, status: 128 + 9 }])
  expect(isAlive(daemon)).toBe(false)
  expect(readJournal(join(work, 'slot0.journal')).records.at(-1)).toMatchObject({ r: 'x', id: 'd1', why: 'lost' })
  template(agent.link, work)
  agent.link.send(0, [job('j1', 'true')])
  expect((await exitOf(agent, 'j1')).st).toBe(0)
})

test('kill -9 of the launcher ends job and daemon; the next launcher starts clean', async () => {
  const work = workFolder()
  const agent = await withKeeper(work)
  const daemon = await runningDaemon(agent, work)
  await agent.link.listen({ op: 'listen', id: 'a1', at: { kind: 'unix', path: join(work, 'answers', 'a1') } })
  expect(existsSync(join(work, 'answers', 'a1'))).toBe(true)
  process.kill(agent.link.hello.pid, 'SIGKILL')
  await until('the connection has ended', () => agent.link.closed)
  const next = await withKeeper(work)
  expect([isAlive(daemon), existsSync(join(work, 'answers'))]).toEqual([false, false])
  expect(readJournal(join(work, 'slot0.journal')).records.at(-1)).toMatchObject({ r: 'x', id: 'd1', why: 'kill' })
  expect(await inventory(next)).toMatchObject({ run: null, journal: ['d1'] })
})

test('stop ends jobs, keepers and the launcher, after the grace', async () => {
  const work = workFolder()
  const agent = await withKeeper(work)
  agent.link.send(0, [job('j1', 'trap "" TERM; while :; do sleep 0.02; done'), job('j2', 'true')])
  await until('j1 has started', () => agent.reports.some((report) => report.e === 'start'))
  await within(agent.link.stop(0.1), 'the launcher has stopped')
  expect(agent.reports.find((report) => report.e === 'dropped')).toMatchObject({ ids: ['j2'] })
  expect(await exitOf(agent, 'j1')).toMatchObject({ why: 'kill', st: 9 })
  await until('the launcher is gone', () => !isAlive(agent.link.hello.pid))
})

test('SIGTERM for the launcher stops it too', async () => {
  const work = workFolder()
  const agent = await withKeeper(work)
  agent.link.send(0, [job('j1', 'sleep 600')])
  await until('j1 has started', () => agent.reports.some((report) => report.e === 'start'))
  process.kill(agent.link.hello.pid, 'SIGTERM')
  await until('the launcher is gone', () => !isAlive(agent.link.hello.pid))
  expect(readJournal(join(work, 'slot0.journal')).records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'kill', st: 15 })
})

test('a launcher leaves when it has no agent and nothing to do, not before its job has ended', async () => {
  const work = workFolder()
  const agent = await withKeeper(work, 300)
  agent.link.send(0, [job('j1', 'while [ ! -e $WORK/go ]; do sleep 0.01; done; date +%s%3N > $WORK/done')])
  await until('j1 has started', () => agent.reports.some((report) => report.e === 'start'))
  agent.link.close()
  // Much longer than the idle time, while the job runs.
  const waited = performance.now() + 1_000
  await until('a second has passed', () => performance.now() > waited)
  expect(isAlive(agent.link.hello.pid)).toBe(true)
  writeFileSync(join(work, 'go'), '')
  await until('the launcher is gone', () => !isAlive(agent.link.hello.pid))
  expect(Date.now() - Number(readFileSync(join(work, 'done'), 'utf8'))).toBeGreaterThanOrEqual(290)
  expect(journal(work)).toEqual(['sj1', 'xj1'])
})

test('a work folder with a path longer than a socket name works', async () => {
  const work = workFolder(join('x'.repeat(100), 'y'.repeat(100)))
  const agent = await withKeeper(work)
  agent.link.send(0, [job('j1', 'true')])
  expect((await exitOf(agent, 'j1')).st).toBe(0)
  expect(statSync(join(work, 'l.sock')).isSocket()).toBe(true)
})

test('a missing python is told, and another one tried when the agent names it', async () => {
  const work = workFolder()
  const agent = await connect(work)
  agent.link.control({ op: 'slots', n: 1, python: '/nowhere/python3' })
  const gone = await until('the keeper is gone', () => agent.gone[0])
  expect(gone.error).toContain('/nowhere/python3')
  agent.link.slots(1)
  await until('a keeper is ready', () => agent.keepers.length === 1)
})

test('orders for a keeper that died do not reach its successor', async () => {
  const work = workFolder()
  const agent = await withKeeper(work)
  process.kill(agent.keepers[0]?.pid ?? 0, 'SIGKILL')
  agent.link.send(0, [job('stale', 'true')])
  await until('the next keeper is ready', () => agent.keepers.length === 2)
  expect(await inventory(agent)).toMatchObject({ run: null, queue: [], journal: [] })
  expect(agent.reports.some((report) => report.e === 'fail')).toBe(false)
})

test('connecting can be aborted', async () => {
  const work = workFolder()
  const control = new AbortController()
  const connecting = connectLauncher({ work, python, signal: control.signal, log: () => {}, idleMs: 100 })
  control.abort(new Error('enough'))
  await expect(connecting).rejects.toThrow()
})

test('a launcher listens for a trial over the lives of agents, and keeps what came until it is asked', async () => {
  const work = workFolder()
  const first = await connect(work)
  const at = { kind: 'socket', host: '127.0.0.1' } as const
  const { port = 0 } = (await first.link.listen({ op: 'listen', id: 'a1', at })) ?? {}
  const refused = await first.link.listen({ op: 'listen', id: 'a2', at: { kind: 'socket', host: '192.0.2.1' } })
  expect(refused).toMatchObject({ port: 0, error: expect.stringContaining('EADDRNOTAVAIL') })
  first.link.close()
  const socket = createConnection(port, '127.0.0.1')
  socket.end(Buffer.from([0, 0, 0, 2, 104, 105]))
  await once(socket, 'ready')
  const second = await connect(work)
  expect(second.link.hello.listening).toEqual(['a1'])
  expect(await second.link.drain('a1')).toEqual({ e: 'drained', id: 'a1', problem: null })
  expect(readFrames(join(work, 'attempts', 'a1'))).toEqual(['hi'])
  // asked again, and for one that was never there
  expect(await second.link.drain('a1')).toMatchObject({ problem: null })
  const again = createConnection(port, '127.0.0.1')
  const [error] = await once(again, 'error')
  expect(error).toMatchObject({ code: 'ECONNREFUSED' })
})
