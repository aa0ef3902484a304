// A head with 100 000 queued jobs and 50 running ones is killed and started again: what runs is adopted, nothing is started a
// second time. How long it takes until it answers is printed, not asserted: the figure belongs to the machine.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openForReading } from '../../server/store/open-database.ts'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { until } from '../support/until.ts'

const [queued, slots] = [100_000, 50]

let head: Head | undefined
afterEach(async () => {
  await head?.stop()
  head = undefined
})

test('a head killed with 100 000 queued and 50 running jobs adopts those that run and starts none again', async () => {
  const on = await startHead()
  head = on
  const folder = join(on.root, 'jobs')
  mkdirSync(folder)
  const go = join(on.root, 'go')
  const run = `while [ ! -e ${go} ]; do sleep 0.5; done`
  const write = (batch: string, jobs: object[]): string => {
    const file = join(folder, `${batch}.json`)
    const meta = { batch_name: batch, namespace: 'test', capabilities: [] }
    writeFileSync(file, JSON.stringify({ meta, resources: { cores: 1 }, shell: { initialize: {}, jobs } }))
    return file
  }
  await startAgent(on, { name: 'wide', cores: slots })
  await distOk(on, [
    'add',
    write(
      'running',
      Array.from({ length: slots }, (_, i) => ({ name: `job_${i}`, run })),
    ),
  ])
  await until('all of them run', () => rows(on, "SELECT id FROM attempt WHERE state = 'running'").length === slots, { within: 90_000 })
  const beforeKill = rows(on, "SELECT id FROM attempt WHERE state = 'running' ORDER BY id")
  const jobs = Array.from({ length: queued }, (_, i) => ({ name: `job_${i}`, run: 'true' }))
  await distOk(on, ['add', write('queued', jobs)], { within: 240_000 })

  await on.kill('SIGKILL')
  const start = performance.now()
  await on.restart()
  const ready = performance.now() - start
  await until('the node is back', async () => {
    const { nodes } = await on.api<{ nodes: { state: string; running: number }[] }>('GET', '/nodes')
    return nodes[0]?.running === slots
  })
  const adopted = performance.now() - start
  expect(rows(on, "SELECT id FROM attempt WHERE state = 'running' ORDER BY id")).toEqual(beforeKill)
  expect(rows(on, "SELECT seq FROM event WHERE kind IN ('attempt_lost', 'committed')")).toEqual([])
  expect(rows(on, 'SELECT id FROM job WHERE started > 1')).toEqual([])
  console.log(
    `restart with ${queued} queued and ${slots} running jobs: it answers after ${Math.round(ready)} ms, all ${slots} are adopted after ${Math.round(adopted)} ms`,
  )
  await distOk(on, ['kill', 'test/queued'])
  writeFileSync(go, '')
  await until('those that ran end, each by its first attempt', () => {
    const done = rows(on, "SELECT a.id FROM attempt a JOIN job j ON j.committed_attempt = a.id WHERE j.state = 'succeeded' ORDER BY a.id")
    return done.length === slots && done.join() === beforeKill.join()
  })
}, 600_000)

function rows(on: Head, sql: string): string[] {
  const db = openForReading(join(on.data, 'dist.sqlite'))
  try {
    return db.prepare<[], unknown>(sql).pluck().all().map(String)
  } finally {
    db.close()
  }
}
