// What people change while work goes on, with real programs: a paused node, a held jobset, priority; and who is told of it.
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { findJobset } from '../support/jobset-state.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

test('a paused node and a held jobset start nothing; resumed and released, the one of higher priority goes first', async () => {
  await startAgent(head, { name: 'node-a', cores: 1 })
  await distOk(head, ['node', 'pause', 'node-*'])
  const add = (batch: string) => distOk(head, ['add', writeJobset(join(head.root, batch), { batch, script: 'print(1)\n', jobs: 2 })])
  for (const batch of ['first', 'second', 'third']) await add(batch)
  expect(await distOk(head, ['hold', 'first'])).toContain('test/first: held')
  expect(await distOk(head, ['priority', 'third', '5'])).toContain('priority 5, it was 0')
  expect(await distOk(head, ['nodes'])).toMatch(/node-a +paused/)
  for (const batch of ['first', 'second', 'third']) expect((await findJobset(head, batch)).counts).toMatchObject({ ready: 2 })
  expect(await distOk(head, ['node', 'resume', 'node-a'])).toContain('gets work again')
  expect(await distOk(head, ['watch', 'second'])).toContain('test/second: all 2 jobs succeeded')
  const [second, third] = [await findJobset(head, 'second'), await findJobset(head, 'third')]
  expect(third.finishedAt ?? Infinity).toBeLessThanOrEqual(second.finishedAt ?? 0)
  expect(await findJobset(head, 'first')).toMatchObject({ state: 'active', held: expect.any(String), counts: { ready: 2 } })
  expect(await distOk(head, ['release', 'first'])).toContain('released')
  await distOk(head, ['wait', 'first'])
  expect(await distOk(head, ['show', 'test/first/job_1'])).toMatch(/1 +node-a +\d+ .* succeeded/)
}, 60_000)
