// The cap on what a node keeps, where a jobset has more than one folder.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { until } from '../support/until.ts'

const head = new FakeHead()
const agent = new AgentProcess()

beforeAll(async () => {
  await head.start()
  agent.start(head, { flags: ['--cache-size', '4MB', '--slots', '2'] })
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

test('what the slots have counts together, goes together, and is made anew', async () => {
  const before = await head.session()
  const jobset = { ...head.jobset({ files: [{ name: 'f', content: 'text\n' }] }), kind: 'shell', packed: true }
  const folders = [join(agent.work, 'ws', jobset.uid), join(agent.work, 'views', jobset.uid)]
  // 1.5 MB that stay behind in each slot
  const run = 'cat input/f; ls; head -c 1500000 /dev/zero > left'
  const both = async (session: FakeSession): Promise<string[]> => {
    const jobs = [0, 1].map((slot) => ({ ...head.job(jobset.uid, '', { slot }), script: null, run }))
    session.send({ assign: jobs })
    return await Promise.all(jobs.map(async (job) => (await head.result(job.attempt_id)).stdout.toString()))
  }
  const clean = 'text\ndistribute_save\ninitial_files\ninput\n'
  await head.build(before, jobset)
  expect(await both(before)).toEqual([clean, clean])
  expect(folders.map(existsSync)).toEqual([true, true])

  await head.build(before, { ...head.jobset({}), kind: 'shell', build_command: 'head -c 2000000 /dev/zero > made' })
  await until('both folders are gone', () => !folders.some(existsSync))
  const after = await head.until(() => head.sessions.findLast((one) => one.open && one !== before), 'another session')
  await head.build(after, jobset)
  // the keepers are the same: they were in the folders that went
  expect(await both(after)).toEqual([clean, clean])
})
