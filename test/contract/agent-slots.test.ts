// Several jobs at once on one node: slots side by side, in order within a slot, over the end of agent, keeper and patience.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Assign } from '../../shared/wire/gen/dist/Assign.ts'
import type { Jobset } from '../../shared/wire/gen/dist/Jobset.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { processesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

type Job = Assign & { attempt_id: string }

let head: FakeHead
let agent: AgentProcess
let session: FakeSession
let jobset: Jobset & { uid: string }

beforeEach(async () => {
  head = new FakeHead()
  agent = new AgentProcess()
  await head.start()
})

afterEach(async () => {
  await agent.cleanUp()
  await head.stop()
})

/** A node of two slots, and a packed jobset of commands with nothing to build. */
async function joined(flags: readonly string[] = []): Promise<void> {
  agent.start(head, { flags: ['--slots', '2', ...flags] })
  session = await head.session()
  jobset = { ...head.jobset({ files: [{ name: 'init', content: 'of all' }] }), kind: 'shell', packed: true }
  expect((await head.build(session, jobset)).outcome).toBe('succeeded')
}

function job(slot: number, run: string, more: Partial<Assign> = {}): Job {
  return { ...head.job(jobset.uid, '', { slot }), script: null, run, ...more }
}

/** One job in each slot, which run until `go` is there; `ahead` waits behind them. */
async function busy(...ahead: readonly Job[]): Promise<readonly [Job, Job]> {
  const run = `until [ -e ${join(agent.home, 'go')} ]; do sleep 0.02; done; echo done`
  const pair = [job(0, run), job(1, run)] as const
  session.send({ assign: [...pair, ...ahead] })
  await head.until(() => pair.every((item) => session.started.includes(item.attempt_id)), 'both starts')
  return pair
}

const go = () => writeFileSync(join(agent.home, 'go'), '')
const printed = async (item: Job) => (await head.result(item.attempt_id)).stdout.toString()
const keepers = (slot: number) => processesOf(agent.work).filter(({ command }) => command.endsWith(`keeper.py ${agent.work} ${slot}`))
const returned = () => session.returned.map((item) => item.attempt_id)

test('two slots run at once, each in a folder of its own', async () => {
  await joined()
  // each waits for the other: one after the other they would never end
  const meet = (own: string, other: string) =>
    `touch ${agent.home}/${own} mine; until [ -e ${agent.home}/${other} ]; do sleep 0.02; done; cat input/init; echo; pwd; ls`
  const [a, b] = [job(0, meet('a', 'b')), job(1, meet('b', 'a'))]
  session.send({ assign: [a, b] })
  const [first, second] = [(await printed(a)).split('\n'), (await printed(b)).split('\n')]
  expect(first[0]).toBe('of all')
  expect(first.slice(2)).toEqual(second.slice(2))
  expect(first.slice(2)).toEqual(['distribute_save', 'initial_files', 'input', 'mine', ''])
  expect([first[1], second[1]]).toEqual([join(agent.work, 'ws', jobset.uid), join(agent.work, 'views', jobset.uid, '1')])
})

test('a keeper is started when its slot is used', async () => {
  await joined()
  expect(keepers(0)).not.toEqual([])
  expect(keepers(1)).toEqual([])
  const [last] = [job(1, 'echo late')]
  session.send({ assign: [last] })
  expect(await printed(last)).toBe('late\n')
  expect(keepers(1)).not.toEqual([])
})

test('what is given ahead of a slot runs there in order', async () => {
  await joined()
  const list = join(agent.home, 'list')
  const jobs = Array.from({ length: 12 }, (_, index) => job(1, `echo ${index} >> ${list}`))
  session.send({ assign: jobs })
  for (const item of jobs) await head.result(item.attempt_id)
  expect(readFileSync(list, 'utf8').trim().split('\n').map(Number)).toEqual(jobs.map((_, index) => index))
})

test('after kill -9 of the agent both jobs are adopted, and what waits behind each', async () => {
  await joined()
  const ahead = [job(0, 'echo 0'), job(1, 'echo 1')]
  const pair = await busy(...ahead)
  await agent.kill('SIGKILL')
  agent.start(null, { flags: ['--slots', '2'] })
  const next = await head.until(() => head.sessions.findLast((item) => item.open && item !== session), 'the next session')
  const held = Object.fromEntries((next.hello?.held ?? []).map((item) => [item.attempt_id, item.state]))
  expect([...pair, ...ahead].map((item) => held[item.attempt_id])).toEqual(['RUNNING', 'RUNNING', 'AHEAD', 'AHEAD'])
  expect(next.hello?.built).toEqual([jobset.uid])
  session = next
  const after = job(1, 'echo after')
  next.send({ jobsets: [jobset], assign: [after] })
  go()
  expect(await Promise.all([...pair, ...ahead, after].map(printed))).toEqual(['done\n', 'done\n', '0\n', '1\n', 'after\n'])
})

test('after kill -9 of agent and launcher the journals of all slots are read: both jobs are told as lost', async () => {
  await joined()
  const pair = await busy()
  const launcher = agent.launcherPid() ?? 0
  await agent.kill('SIGKILL')
  process.kill(launcher, 'SIGKILL')
  agent.start(null, { flags: ['--slots', '2'] })
  const next = await head.until(() => head.sessions.findLast((item) => item.open && item !== session), 'the next session')
  expect(next.hello?.held.map((item) => item.state)).toEqual(['FINISHED', 'FINISHED'])
  for (const item of pair) expect((await head.result(item.attempt_id)).outcome).toBe('lost')
})

test('kill -9 of one keeper loses its job alone; what waited behind it runs', async () => {
  await joined()
  const behind = job(0, 'echo behind')
  const [lost, kept] = await busy(behind)
  const found = keepers(0)
  // the keeper is the child of its guard
  const keeper = found.find(({ parent }) => found.some(({ pid }) => pid === parent))
  process.kill(keeper?.pid ?? 0, 'SIGKILL')
  expect((await head.result(lost.attempt_id)).outcome).toBe('lost')
  expect(await printed(behind)).toBe('behind\n')
  expect(head.finished.some((item) => item.attempt_id === kept.attempt_id)).toBe(false)
  go()
  expect(await printed(kept)).toBe('done\n')
})

test('SIGTERM lets both slots finish, hands back what waits in both, and leaves no process', async () => {
  await joined(['--drain-timeout', '1h'])
  const pair = await busy()
  const waits = [job(0, 'echo never'), job(1, 'echo never')]
  session.send({ assign: waits })
  agent.child?.kill('SIGTERM')
  await head.until(() => waits.every((item) => returned().includes(item.attempt_id)), 'those that wait')
  go()
  expect(await Promise.all(pair.map(printed))).toEqual(['done\n', 'done\n'])
  expect(await agent.exit()).toBe(0)
  expect(session.goodbye).toBe('everything is finished')
  await until('no process is left', () => processesOf(agent.work).length === 0)
  // the keepers of both slots heard the verdicts
  agent.start(null, { flags: ['--slots', '2'] })
  const next = await head.until(() => head.sessions.findLast((item) => item.open && item !== session), 'the next session')
  expect(next.hello?.held).toEqual([])
})

test('an order reaches the slot of its job', async () => {
  await joined()
  const [first, second] = await busy()
  session.send({ orders: [{ attempt_id: second.attempt_id, kind: 'STOP' }] })
  expect((await head.result(second.attempt_id)).outcome).toBe('cancelled')
  go()
  expect(await printed(first)).toBe('done\n')
})

test('GPUs are offered, and a job sees those that it was granted and no others', async () => {
  await joined(['--gpus', '4', '--capabilities', 'lab'])
  expect(session.hello?.node).toMatchObject({ slots: 2, gpus: 4 })
  expect(session.hello?.node?.capabilities).toEqual(expect.arrayContaining(['lab', 'gpu', 'gpus=4']))
  const run = 'echo "[$' + '{CUDA_VISIBLE_DEVICES-unset}]"'
  const [some, none] = [job(0, run, { gpus: [1, 3] }), job(1, run)]
  session.send({ assign: [some, none] })
  expect([await printed(some), await printed(none)]).toEqual(['[1,3]\n', '[]\n'])
})

test('a node says what it is; without GPUs nothing is said about them', async () => {
  await joined()
  const node = session.hello?.node
  expect(node).toMatchObject({ slots: 2, gpus: 0 })
  expect(node?.disk).toBeGreaterThan(0)
  expect(node?.capabilities.some((word) => word.startsWith('gpu'))).toBe(false)
  const plain = job(1, 'echo "[$' + '{CUDA_VISIBLE_DEVICES-unset}]"')
  session.send({ assign: [plain] })
  expect(await printed(plain)).toBe('[unset]\n')
})
