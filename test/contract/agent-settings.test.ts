// What a node offers: agent.yaml read anew while it runs, probes for capabilities, and CPUs that jobs are bound to.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, type TestContext, test } from 'vitest'
import { affinityOf } from '../../node-agent/probe/cpus.ts'
import type { NodeInfo__Output } from '../../shared/wire/gen/dist/NodeInfo.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { pythonSays } from '../support/keeper-harness.ts'
import { skipOrFail } from '../support/needs.ts'
import { until } from '../support/until.ts'

let head: FakeHead
let agent: AgentProcess
let session: FakeSession

beforeEach(async () => {
  head = new FakeHead()
  agent = new AgentProcess()
  await head.start()
})

afterEach(async () => {
  await agent.cleanUp()
  await head.stop()
})

function settings(text: string): void {
  mkdirSync(agent.work, { recursive: true })
  writeFileSync(join(agent.work, 'agent.yaml'), text)
}

async function start(flags: readonly string[] = []): Promise<void> {
  agent.start(head, { flags })
  session = await head.session()
}

/** Waits until the node says what is looked for. */
async function told(look: (node: NodeInfo__Output) => boolean, what: string): Promise<NodeInfo__Output> {
  return await head.until(() => session.frames.flatMap((frame) => frame.node ?? []).findLast(look), what)
}

test('probes are run before the first hello, with what jobs get as their environment', async () => {
  settings(
    'probes:\n  tool: echo "tool (GNU) 12.2.0"\n  bare: "true"\n  no: "false"\n  secret: test -n "$DIST_AGENT_NAME"\ncapabilities: [lab]\n',
  )
  agent.start(head, { env: { DIST_AGENT_NAME: 'bench' } })
  session = await head.session()
  const words = session.hello?.node?.capabilities ?? []
  expect(words.slice(0, 4)).toEqual(['lab', 'tool', 'tool=12.2.0', 'bare'])
  expect(words).not.toContain('no')
  expect(words).not.toContain('secret')
  await until('the failure is told', () => agent.log.includes('the probe for no (false) failed with exit code 1'))
})

test('agent.yaml changes what is offered while it runs: words, probes, cores, slots, GPUs', async () => {
  settings('cores: 1\nprobes: {tool: echo 1.0}\n')
  await start()
  expect(session.hello?.node).toMatchObject({ cores: 1, slots: 1, gpus: 0 })
  expect(session.hello?.node?.capabilities).toEqual(expect.arrayContaining(['tool=1.0', 'cores=1']))
  settings('cores: 6\nslots: 3\ngpus: 2\ncapabilities: [lab]\nprobes: {tool: echo 1.1, other: echo}\n')
  const node = await told(({ capabilities }) => capabilities.includes('other'), 'what the probes found')
  expect(node).toMatchObject({ cores: 6, slots: 3, gpus: 2 })
  expect(node.capabilities).toEqual(expect.arrayContaining(['lab', 'tool', 'tool=1.1', 'other', 'cores=6', 'gpu', 'gpus=2']))
  expect(node.capabilities).not.toContain('tool=1.0')
  // slots that came while it runs are used
  const jobset = { ...head.jobset({}), packed: true }
  await head.build(session, jobset)
  const job = head.job(jobset.uid, 'print("third")', { slot: 2 })
  session.send({ assign: [job] })
  expect((await head.result(job.attempt_id)).stdout.toString()).toBe('third\n')
  settings('slots: 1\n')
  const less = await told(({ slots }) => slots === 1, 'the one slot')
  expect(less.capabilities.some((word) => /^(tool|lab|gpu)/.test(word))).toBe(false)
  const late = head.job(jobset.uid, 'print()', { slot: 2 })
  session.send({ assign: [late] })
  await head.until(() => session.returned.some((item) => item.attempt_id === late.attempt_id), 'the job of a slot that went')
})

test('a node says why it binds no jobs', async () => {
  await start(['--pin', 'none'])
  expect(session.hello?.node?.pinning).toBe('turned off by --pin none')
  settings('cores: 4096\n')
  await told(({ cores }) => cores === 4096, 'the cores')
  await agent.kill('SIGTERM')
  agent.start(null)
  const next = await head.until(() => head.sessions.findLast((item) => item.open && item !== session), 'the next session')
  expect(next.hello?.node?.pinning).toContain('--cores 4096 exceeds the')
})

test('a CPU that is not there is wrong usage', async () => {
  agent.start(head, { flags: ['--pin', '0,9999'] })
  expect(await agent.exit()).toBe(2)
  expect(agent.log).toContain('CPU 9999')
})

function needsBinding(context: TestContext): readonly number[] {
  const known = pythonSays('import inspect, keeper_run\nprint("cpus" in inspect.getsource(keeper_run))').trim()
  if (known !== 'True') skipOrFail(context, 'this keeper binds no jobs')
  const mask = affinityOf('self') ?? []
  if (mask.length < 2) skipOrFail(context, 'a machine of two CPUs needed')
  return mask
}

test('jobs beside each other have CPUs of their own; one that gets all that were chosen has those', async (context) => {
  const [a = 0, b = 1] = needsBinding(context)
  await start(['--pin', `${a},${b}`, '--cores', '2'])
  expect(session.hello?.node?.pinning).toBe('')
  const jobset = { ...head.jobset({}), packed: true }
  await head.build(session, jobset)
  const script = (own: string, other: string) => `import os, time
open(${JSON.stringify(agent.home)} + "/${own}", "w")
while not os.path.exists(${JSON.stringify(agent.home)} + "/${other}"): time.sleep(0.02)
print(sorted(os.sched_getaffinity(0)))`
  const pair = [head.job(jobset.uid, script('x', 'y'), { slot: 0 }), head.job(jobset.uid, script('y', 'x'), { slot: 1 })]
  session.send({ assign: pair })
  const seen = await Promise.all(pair.map(async (job) => (await head.result(job.attempt_id)).stdout.toString()))
  expect(seen.toSorted()).toEqual([`[${a}]\n`, `[${b}]\n`].toSorted())
  const whole = head.job(jobset.uid, 'import os\nprint(sorted(os.sched_getaffinity(0)))', { cores: 2 })
  session.send({ assign: [whole] })
  expect((await head.result(whole.attempt_id)).stdout.toString()).toBe(`[${a}, ${b}]\n`)
})
