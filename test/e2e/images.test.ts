// Images: `many_jobsets_single_sif` and `hash_not_same` of the original, and that an image reaches a node once. A program
// that only reads the file stands in for apptainer (examples/apptainer and contract/agent-apptainer run the real one).
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Agent, startAgent } from '../support/agent.ts'
import { type ByteCounter, countBytes } from '../support/byte-counter.ts'
import { distOk } from '../support/dist.ts'
import { type Head, plainPath, startHead } from '../support/head.ts'
import { fakeApptainer, writeImageJobset } from '../support/image-jobset.ts'
import { ended } from '../support/jobset-state.ts'

const size = 6 << 20
/** what else a node asks for: its enrolment, the other inputs, answers */
const slack = 200_000
let head: Head
let folder: string
let bin: string
const counters: ByteCounter[] = []
beforeEach(async () => {
  head = await startHead()
  folder = join(head.root, 'jobs')
  mkdirSync(folder)
  bin = fakeApptainer(head.root)
  writeFileSync(join(folder, 'tool.sif'), randomBytes(size))
  writeFileSync(join(folder, 'params.txt'), 'seven\n')
})
afterEach(async () => {
  await head.stop()
  for (const counter of counters.splice(0)) await counter.stop()
})

/** An agent, and what the head sends it over HTTP. */
async function counted(name: string): Promise<{ agent: Agent; counter: ByteCounter }> {
  const counter = await countBytes(head.url)
  counters.push(counter)
  return { counter, agent: await startAgent(head, { name, cores: 1, via: counter.url, env: { PATH: `${bin}:${plainPath}` } }) }
}

const result = (batch: string, job: string, file: string) => readFileSync(join(head.data, 'results/test', batch, job, file), 'utf8')

test('many_jobsets_single_sif: ten batches of one image and the same input all finish on one node, which gets the image once', async () => {
  const { counter } = await counted('node-a')
  const batches = Array.from({ length: 10 }, (_, i) => `batch_${i}`)
  for (const batch of batches) {
    const set = { batch, sif: join(folder, 'tool.sif'), params: join(folder, 'params.txt'), jobs: 2 }
    await distOk(head, ['add', writeImageJobset(join(folder, batch), set)])
  }
  for (const batch of batches) {
    expect((await ended(head, batch)).state).toBe('succeeded')
    for (const job of ['job_1', 'job_2']) {
      expect(result(batch, job, 'image.txt')).toBe(`${size} bytes, 1 cores\n`)
      expect(result(batch, job, 'params.txt')).toBe('seven\n')
    }
  }
  const { jobsets } = JSON.parse(await distOk(head, ['status', '--json'])) as { jobsets: { state: string }[] }
  expect(jobsets.filter(({ state }) => state === 'active')).toEqual([])
  expect(counter.fromHead()).toBeGreaterThan(size)
  expect(counter.fromHead()).toBeLessThan(size + slack)
}, 120_000)

test('hash_not_same: a batch that is over or killed takes nothing from another with the same image under another name', async () => {
  const { agent, counter } = await counted('node-a')
  writeFileSync(join(folder, 'copy.sif'), readFileSync(join(folder, 'tool.sif')))
  await distOk(head, ['add', writeImageJobset(folder, { batch: 'first', sif: 'tool.sif', jobs: 1 })])
  expect((await ended(head, 'first')).state).toBe('succeeded')
  await distOk(head, ['add', writeImageJobset(folder, { batch: 'killed', sif: 'tool.sif', jobs: 1, capabilities: ['nowhere'] })])
  await distOk(head, ['kill', 'test/killed'])
  await head.restart()
  const sent = counter.fromHead()
  await distOk(head, ['add', writeImageJobset(folder, { batch: 'second', sif: 'copy.sif', jobs: 1 })])
  expect((await ended(head, 'second')).state).toBe('succeeded')
  expect(result('second', 'job_1', 'image.txt')).toBe(`${size} bytes, 1 cores\n`)
  expect(counter.fromHead() - sent).toBeLessThan(slack)
  // and a node that has nothing yet gets it from the head
  await agent.stop()
  const other = await counted('node-b')
  await distOk(head, ['add', writeImageJobset(folder, { batch: 'third', sif: 'tool.sif', jobs: 1 })])
  expect((await ended(head, 'third')).state).toBe('succeeded')
  expect(other.counter.fromHead()).toBeGreaterThan(size)
}, 120_000)

test('an image used by three batches at once reaches each of two nodes once, and the head once', async () => {
  const nodes = [await counted('node-a'), await counted('node-b')]
  const user = await countBytes(head.url)
  counters.push(user)
  const batches = ['one', 'two', 'three']
  for (const batch of batches) {
    const file = writeImageJobset(folder, { batch, sif: 'tool.sif', jobs: 8 })
    await distOk(head, ['add', file], { env: { DIST_HEAD: user.url } })
  }
  for (const batch of batches) expect((await ended(head, batch)).state).toBe('succeeded')
  for (const bytes of [user.toHead(), ...nodes.map(({ counter }) => counter.fromHead())]) {
    expect(bytes).toBeGreaterThan(size)
    expect(bytes).toBeLessThan(size + slack)
  }
}, 120_000)
