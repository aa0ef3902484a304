// What a node keeps stays below its cap, the longest unused goes first, and work never misses anything.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead, newId } from '../support/fake-head.ts'
import { until } from '../support/until.ts'

const head = new FakeHead()
const agent = new AgentProcess()

beforeAll(async () => {
  await head.start()
  agent.start(head, { flags: ['--cache-size', '2MB'] })
  await head.session()
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

/** A jobset whose input (600 kB) is copied twice into its workspace, and whose build makes 100 kB more. */
function large() {
  const content = newId(300_000)
  const files = [{ name: 'big', content }]
  return { ...head.jobset({ files }), kind: 'shell', build_command: 'head -c 100000 /dev/zero > made; rm initial_files/big' }
}

const workspace = (uid: string) => join(agent.work, 'ws', uid)
const shell = (uid: string, run: string) => ({ ...head.job(uid, ''), script: null, run })

test('the build and the inputs unused longest go, the head hears it at once, and what is needed comes again', async () => {
  const first = large()
  const second = large()
  const before = await head.session()
  await head.build(before, first)
  const job = shell(first.uid, 'wc -c < input/big; wc -c < made')
  before.send({ assign: [job] })
  expect((await head.result(job.attempt_id)).stdout.toString()).toBe('600000\n100000\n')
  expect(existsSync(workspace(first.uid))).toBe(true)

  await head.build(before, second)
  await until('the older build is gone', () => !existsSync(workspace(first.uid)))
  expect(existsSync(workspace(second.uid))).toBe(true)
  const after = await head.until(() => head.sessions.findLast((one) => one.open && one !== before), 'another session')
  expect(after.hello?.built).toEqual([second.uid])
  expect(agent.log).not.toContain('no session with the head')

  // the inputs of the second are here or fetched again: a job finds them either way
  const next = shell(second.uid, 'wc -c < input/big')
  after.send({ jobsets: [second], assign: [next] })
  expect((await head.result(next.attempt_id)).stdout.toString()).toBe('600000\n')
  expect((await head.build(await head.session(), first)).outcome).toBe('succeeded')
})

test('what work in hand needs stays, also when that alone is more than is allowed', async () => {
  const session = await head.session()
  const jobset = { ...head.jobset({ files: [{ name: 'big', content: newId(1_500_000) }] }), kind: 'shell', build_command: 'touch made' }
  const jobs = [1, 2, 3].map(() => shell(jobset.uid, 'wc -c < input/big; ls made'))
  session.send({ jobsets: [jobset], builds: [{ build_id: newId(16), jobset_uid: jobset.uid, cores: 1 }], assign: jobs })
  for (const job of jobs) expect((await head.result(job.attempt_id)).stdout.toString()).toBe('3000000\nmade\n')
})
