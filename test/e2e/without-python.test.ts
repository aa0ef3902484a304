// A cluster in which one node has no python3.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended, jobsOf } from '../support/jobset-state.ts'
import { pathWithoutPython } from '../support/without-python.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
  await startAgent(head, { name: 'bare', env: { PATH: pathWithoutPython(join(head.root, 'bin')) } })
})
afterEach(() => head.stop())

const python = (batch: string) => writeJobset(join(head.root, 'jobs'), { batch, script: 'print("done")\n', jobs: 4 })

test('a python jobset fails with the reason while no other node is there', async () => {
  await distOk(head, ['add', python('alone')])
  expect(await ended(head, 'alone')).toMatchObject({ state: 'failed' })
  const reasons = (await jobsOf(head, 'alone')).map((job) => JSON.stringify(job))
  for (const reason of reasons) expect(reason).toContain('no python3')
})

test('a python jobset goes to the node that has python3, a shell jobset runs on the bare one', async () => {
  await startAgent(head, { name: 'full', capabilities: ['full'] })
  await distOk(head, ['add', python('both')])
  expect(await ended(head, 'both')).toMatchObject({ state: 'succeeded' })
  const shell = join(head.root, 'shell.yaml')
  const jobs = '  jobs: [{name: one, run: "echo $DIST_NODE > distribute_save/where"}]'
  writeFileSync(shell, `meta: {batch_name: plain, namespace: test, capabilities: ['!full']}\nshell:\n  initialize: {}\n${jobs}\n`)
  await distOk(head, ['add', shell])
  expect(await ended(head, 'plain')).toMatchObject({ state: 'succeeded' })
})
