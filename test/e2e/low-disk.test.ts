// A node whose disk is almost full says so, takes no new work, and another node does it.
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended, findJobset, jobsOf } from '../support/jobset-state.ts'
import { skipOrFail } from '../support/needs.ts'
import { mountSmallDisk, unmountSmallDisk } from '../support/small-disk.ts'

let head: Head
let work: string
beforeEach(async () => {
  head = await startHead()
  work = join(head.root, 'tight')
})
afterEach(async () => {
  await Promise.all(head.agents.map((agent) => agent.stop()))
  unmountSmallDisk(work)
  await head.stop()
})

test('a node without room on its disk is shown as such and gets no job; the next node does', async (context) => {
  const fault = mountSmallDisk(work, 64)
  if (fault !== null) skipOrFail(context, fault)
  await startAgent(head, { name: 'tight', work })
  await distOk(head, ['add', writeJobset(join(head.root, 'jobs'), { batch: 'room', script: 'print("here")\n', jobs: 3 })])
  expect(await distOk(head, ['nodes'])).toMatch(/^tight +idle .*\n +its disk is almost full: it takes no new jobs$/m)
  expect((await findJobset(head, 'room')).counts).toMatchObject({ ready: 3 })
  await startAgent(head, { name: 'roomy' })
  expect((await ended(head, 'room')).state).toBe('succeeded')
  expect(new Set((await jobsOf(head, 'room')).map((job) => job.node))).toEqual(new Set(['roomy']))
})
