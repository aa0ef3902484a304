// Data of the first version under the head of today: it is brought to the newest schema, and the work in it is finished.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { schemaVersion } from '../../server/store/migrate.ts'
import { openForReading } from '../../server/store/open-database.ts'
import type { JobReply, JobsetReply } from '../../shared/api/types.ts'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeSchema1 } from '../support/schema-1.ts'
import { until } from '../support/until.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

test('jobs in every state of a schema 1 data folder end as they should, and old results stay', async () => {
  // a node that has joined: its key is in the old data too
  const agent = await startAgent(head, { cores: 2 })
  const { node, headId } = JSON.parse(readFileSync(join(agent.work, 'agent.json'), 'utf8')) as { node: string; headId: string }
  const db = openForReading(join(head.data, 'dist.sqlite'))
  const key = db.prepare<[string], string>('SELECT key FROM node WHERE id = ?').pluck().get(node) ?? ''
  db.close()
  await head.kill('SIGKILL')
  rmSync(head.data, { recursive: true })
  writeSchema1(head.data, { head: headId, id: node, key, name: agent.name })
  await head.restart()

  const jobset = await until(
    'old/sweep is over',
    async () => {
      const { jobsets } = await head.api<{ jobsets: JobsetReply[] }>('GET', '/jobsets?namespace=old&batch=sweep')
      return jobsets[0]?.state !== 'active' && jobsets[0]?.placed === true ? jobsets[0] : null
    },
    { within: 40_000, report: head.report },
  )
  expect(jobset).toMatchObject({ state: 'failed', jobs: 6, counts: { succeeded: 5, failed: 1, ready: 0, claimed: 0, running: 0 } })
  const { jobs } = await head.api<{ jobs: JobReply[] }>('GET', `/jobsets/${jobset.id}/jobs`)
  // what ran when the old head died is run again; what was only claimed is its first attempt
  expect(jobs.map(({ name, state, attempts }) => `${name} ${state} ${attempts}`)).toEqual([
    'ready succeeded 1',
    'claimed succeeded 1',
    'running succeeded 2',
    'placed succeeded 1',
    'packed succeeded 1',
    'failed failed 1',
  ])
  const result = (path: string): string => readFileSync(join(head.data, 'results/old/sweep', path), 'utf8')
  expect([result('placed/stdout.txt'), result('packed/stdout.txt')]).toEqual(['placed\n', 'packed\n'])
  // the old demand still counts: one core, not the whole node
  for (const name of ['ready', 'claimed', 'running']) expect(result(`${name}/stdout.txt`)).toBe('cores 1\n')
  expect(existsSync(join(head.data, 'packs/1.tar'))).toBe(false)

  await distOk(head, ['retry', 'old/sweep'])
  await distOk(head, ['wait', 'old/sweep'])
  expect(JSON.parse(await distOk(head, ['verify', '--json']))).toMatchObject({ findings: [] })
  expect((await distOk(head, ['status', '--all'])).split('\n').filter((line) => line.startsWith('old/'))).toHaveLength(2)
  const after = openForReading(join(head.data, 'dist.sqlite'))
  expect(after.pragma('user_version', { simple: true })).toBe(schemaVersion)
  after.close()
})
