// The head's wall clock is set two days ahead and back while jobs run, wait for their back-off or are submitted: silence and
// back-offs go by the monotonic clock, so nothing is lost, expires or waits for two days.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { skipOrFail } from '../support/needs.ts'
import { until } from '../support/until.ts'
import { attempts, events } from './fixtures/attempts.ts'
import { clockLacks, headClock, type WallClock } from './fixtures/wall-clock.ts'
import { ended, submit, withCluster } from './fixtures/with-cluster.ts'

const twoDays = 2 * 86_400

test('a head whose clock jumps two days and back loses nothing and lets nothing wait, across its own restart too', async (context) => {
  const lack = clockLacks()
  if (lack !== null) skipOrFail(context, lack)
  const late: { clock?: WallClock } = {}
  const frame = {
    agents: [{ name: 'alpha', cores: 4 }],
    head: (root: string) => {
      mkdirSync(join(root, 'clock'))
      late.clock = headClock(join(root, 'clock', 'offset'))
      return { headEnv: late.clock.env }
    },
  }
  await withCluster(context, frame, async (cluster) => {
    const { clock } = late
    if (clock === undefined) throw new Error('no clock')
    const jobs = Array.from({ length: 4 }, (_, index) => `    - {name: job_${index}, run: 'sleep 8; echo done'}`)
    await submit(cluster, 'long', [
      'lost_after: 30s',
      'resources: {cores: 1}',
      'shell:',
      '  initialize: {}',
      '  jobs:',
      ...jobs.slice(0, 2),
    ])
    await until('both run', () => attempts(cluster).filter(({ state }) => state === 'running').length === 2)
    clock.set(twoDays)
    await until('it is two days later', async () => (await headDate(cluster)) > Date.now() + 86_400_000)
    await submit(cluster, 'ahead', ['resources: {cores: 1}', 'shell:', '  initialize: {}', '  jobs:', ...jobs.slice(2, 3)])
    const try2 = `test -e ${cluster.root}/tried || { touch ${cluster.root}/tried; exit 3; }`
    const again = [`    - {name: again, run: '${try2}', retries: {max: 1, on: [exit], backoff: 15s}}`]
    await submit(cluster, 'again', ['resources: {cores: 1}', 'shell:', '  initialize: {}', '  jobs:', ...again])
    await until('the first try failed', () => attempts(cluster).some(({ state }) => state === 'failed'))
    clock.set(0)
    await until('it is today again', async () => (await headDate(cluster)) < Date.now() + 86_400_000)
    // its back-off was written down by the clock of the day after tomorrow
    await cluster.head.signal('SIGKILL')
    await cluster.startHead()
    for (const batch of ['long', 'again', 'ahead']) expect((await ended(cluster, batch)).state).toBe('succeeded')
    expect(events(cluster, 'attempt_lost')).toBe(0)
    expect(
      attempts(cluster)
        .map(({ job, state }) => `${job} ${state}`)
        .sort(),
    ).toEqual(['again committed', 'again failed', 'job_0 committed', 'job_1 committed', 'job_2 committed'])
  })
}, 240_000)

async function headDate(cluster: { api<T>(method: string, path: string): Promise<T> }): Promise<number> {
  return (await cluster.api<{ head: { now: number } }>('GET', '/status')).head.now
}
