// How slots share a build, with own builds and with views: each sees what the build left, at the build's own path, and
// nothing of what another slot's jobs do.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, type TestContext, test } from 'vitest'
import { probeViews } from '../../node-agent/probe/views.ts'
import type { Jobset } from '../../shared/wire/gen/dist/Jobset.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { python } from '../support/keeper-harness.ts'
import { skipOrFail } from '../support/needs.ts'
import { until } from '../support/until.ts'

let head: FakeHead
let agent: AgentProcess
let session: FakeSession
let jobset: Jobset & { uid: string }

const build = `import os
os.makedirs("lib/deep", exist_ok=True)
open("lib/deep/where", "w").write(os.getcwd())
open("lib/count", "w").write("0")
print(open("input/init").read())`

/** Adds one to what the build left, and tells all that a job may look at. */
const script = `import os
count = int(open("lib/count").read()) + 1
open("lib/count", "w").write(str(count))
os.remove("lib/deep/where") if count == 2 else None
where = open("lib/deep/where").read() if count == 1 else os.getcwd()
print(count, where == os.getcwd(), os.path.exists("build.py"), open("input/init").read(), sorted(os.listdir("input")), os.listdir("distribute_save"))
open("input/init", "w").write("changed")
open("distribute_save/count", "w").write(str(count))`

const clean = (count: number) => `${count} True False of all ['init', 'own'] []\n`

beforeEach(async () => {
  head = new FakeHead()
  agent = new AgentProcess()
  await head.start()
  jobset = { ...head.jobset({ build, files: [{ name: 'init', content: 'of all' }] }), packed: true }
})

afterEach(async () => {
  await agent.cleanUp()
  await head.stop()
})

async function start(views: string): Promise<void> {
  agent.start(head, { flags: ['--slots', '3', '--views', views] })
  session = await head.session()
}

async function run(slot: number): Promise<string> {
  const job = head.job(jobset.uid, script, { slot, files: [{ name: 'own', content: `of ${slot}` }] })
  session.send({ assign: [job] })
  const result = await head.result(job.attempt_id)
  expect(result.files.map((file) => file.path)).toEqual(result.outcome === 'succeeded' ? ['count'] : [])
  return result.stdout.toString()
}

/** The next agent, on the same work folder. */
async function restart(views: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<readonly string[]> {
  await agent.kill(signal)
  const before = session
  agent.start(null, { flags: ['--slots', '3', '--views', views] })
  session = await head.until(() => head.sessions.findLast((item) => item.open && item !== before), 'the next session')
  session.send({ jobsets: [jobset] })
  return session.hello?.built.toSorted() ?? []
}

test('own builds: every slot has its own, and one that is not built takes no job', async () => {
  await start('build')
  expect(session.hello?.node?.own_builds).toBe(true)
  for (const slot of [0, 2]) expect((await head.build(session, jobset, 1, slot)).outcome).toBe('succeeded')
  expect(await Promise.all([run(0), run(2)])).toEqual([clean(1), clean(1)])
  expect(await run(2)).toBe(clean(2))
  const none = head.job(jobset.uid, script, { slot: 1 })
  session.send({ assign: [none] })
  await head.until(() => session.returned.some((item) => item.attempt_id === none.attempt_id), 'the job of a slot without build')
  expect(await restart('build')).toEqual([jobset.uid, `${jobset.uid}.2`])
  expect(await run(2)).toBe(clean(3))
  expect((await head.build(session, jobset, 1, 1)).outcome).toBe('succeeded')
  expect(await run(1)).toBe(clean(1))
})

test('own builds: one that fails takes its own folder away, no other', async () => {
  await start('build')
  // fails in slot 1 only
  const fails = `import os, sys\nprint("bad")\nopen("lib", "w")\nsys.exit(os.getcwd().endswith(".1"))`
  jobset = { ...head.jobset({ build: fails }), packed: true }
  expect((await head.build(session, jobset, 1, 0)).outcome).toBe('succeeded')
  expect(await head.build(session, jobset, 1, 1)).toMatchObject({ outcome: 'failed', exit_code: 1 })
  await until('its folder is gone', () => !existsSync(join(agent.work, 'ws', `${jobset.uid}.1`)))
  expect(existsSync(join(agent.work, 'ws', jobset.uid, 'lib'))).toBe(true)
})

test('a build that was made to be used in another way is made anew; one in place stays', async () => {
  await start('build')
  const whole = head.jobset({ build })
  for (const slot of [0, 1]) await head.build(session, jobset, 1, slot)
  await head.build(session, { ...whole, files: jobset.files ?? [] })
  expect(await restart('build')).toHaveLength(3)
  expect(await restart('copy')).toEqual([whole.uid])
  expect(existsSync(join(agent.work, 'ws', `${jobset.uid}.1`))).toBe(false)
})

async function needsViews(context: TestContext): Promise<void> {
  if ((await probeViews(python, agent.home)) === 'none') skipOrFail(context, 'no mount namespaces for views of a build')
}

test.for(['auto', 'copy'])('views (%s): one build, and every slot sees it as it was when it ended', async (views, context) => {
  await needsViews(context)
  await start(views)
  expect(session.hello?.node?.own_builds).toBe(false)
  expect((await head.build(session, jobset)).outcome).toBe('succeeded')
  expect(await Promise.all([run(0), run(1)])).toEqual([clean(1), clean(1)])
  expect(await run(1)).toBe(clean(2))
  expect(await run(2)).toBe(clean(1))
})

test('views: jobs go on in theirs while the agent is dead, and the next one uses them again', async (context) => {
  await needsViews(context)
  await start('auto')
  await head.build(session, jobset)
  expect(await Promise.all([run(0), run(1)])).toEqual([clean(1), clean(1)])
  const go = join(agent.home, 'go')
  const waits = (slot: number) =>
    head.job(
      jobset.uid,
      `import os, time\nwhile not os.path.exists(${JSON.stringify(go)}): time.sleep(0.02)\nprint(open("lib/count").read())`,
      {
        slot,
      },
    )
  const pair = [waits(0), waits(1)]
  session.send({ assign: pair })
  await head.until(() => pair.every((job) => session.started.includes(job.attempt_id)), 'both starts')
  expect(await restart('auto', 'SIGKILL')).toEqual([jobset.uid])
  writeFileSync(go, '')
  for (const job of pair) expect((await head.result(job.attempt_id)).stdout.toString()).toBe('1\n')
  expect(await run(2)).toBe(clean(1))
  expect(await run(1)).toBe(clean(2))
})
