// A node that is cut off while its jobs run: shorter than lost_after nothing is lost and nothing runs twice, longer than that
// its jobs run elsewhere and what it still brings is kept beside.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { attempts, events } from './fixtures/attempts.ts'
import type { Cluster } from './fixtures/cluster.ts'
import { ended, submit, withCluster } from './fixtures/with-cluster.ts'

/** Jobs that wait for a file, for as long as the test wants them to run. */
function waitingJobs(cluster: Cluster, count: number): string[] {
  const run = `while [ ! -e ${cluster.root}/go-$DIST_NODE ]; do sleep 0.1; done; echo $DIST_NODE > distribute_save/node`
  const jobs = Array.from({ length: count }, (_, index) => `    - {name: job_${index}, run: '${run}'}`)
  return ['resources: {cores: 1}', 'shell:', '  initialize: {}', '  jobs:', ...jobs]
}

const go = (cluster: Cluster, node: string): void => writeFileSync(join(cluster.root, `go-${node}`), '')
const runningOn = (cluster: Cluster, node: string): number =>
  attempts(cluster).filter((attempt) => attempt.node === node && attempt.state === 'running').length

test('a node cut off for 20 s keeps its jobs: nothing is lost, nothing runs again', async (context) => {
  await withCluster(context, { agents: [{ name: 'alpha', cores: 3 }] }, async (cluster) => {
    await submit(cluster, 'cut', waitingJobs(cluster, 5))
    await until('jobs run', () => runningOn(cluster, 'alpha') === 3)
    const heal = cluster.network.drop('alpha', 'both')
    // the first of them end while nobody hears of it
    go(cluster, 'alpha')
    await until('the head counts it as gone', async () => (await cluster.agent('alpha').node(cluster)).state === 'unreachable', {
      within: 30_000,
    })
    heal()
    const { state } = await ended(cluster, 'cut')
    expect(state).toBe('succeeded')
    expect(attempts(cluster).map(({ number }) => number)).toEqual([1, 1, 1, 1, 1])
    expect(events(cluster, 'attempt_lost')).toBe(0)
  })
}, 300_000)

test('past lost_after a job runs again elsewhere, once, and the late result is kept beside', async (context) => {
  const agents = ['alpha', 'beta'].map((name) => ({ name, cores: 1 }))
  await withCluster(context, { agents }, async (cluster) => {
    await submit(cluster, 'late', ['lost_after: 4s', ...waitingJobs(cluster, 1)])
    const first = await until('the job runs', () => attempts(cluster).find(({ state }) => state === 'running'))
    const [slow, fast] = first.node === 'alpha' ? ['alpha', 'beta'] : ['beta', 'alpha']
    const heal = cluster.network.drop(slow, 'both')
    const second = await until(
      'it runs elsewhere',
      () => attempts(cluster).find(({ node, state }) => node === fast && state === 'running'),
      {
        within: 40_000,
      },
    )
    go(cluster, fast)
    const { state } = await ended(cluster, 'late')
    expect(state).toBe('succeeded')
    go(cluster, slow)
    const output = join(cluster.agent(slow).work, 'slot0.journal')
    await until('the other one ends too', () => readFileSync(output, 'utf8').includes('"r":"x"'))
    heal()
    await until(
      'its result is there',
      () => attempts(cluster).some((attempt) => attempt.id === first.id && attempt.state === 'superseded'),
      {
        within: 30_000,
      },
    )
    const results = join(cluster.data, 'results/test/late')
    await until('both lie in their folders', () => existsSync(join(results, '.attempts/job_0/1/node')))
    expect(readFileSync(join(results, '.attempts/job_0/1/node'), 'utf8')).toBe(`${slow}\n`)
    expect(readFileSync(join(results, 'job_0/node'), 'utf8')).toBe(`${fast}\n`)
    expect(attempts(cluster).map(({ id, state }) => [id, state])).toEqual([
      [first.id, 'superseded'],
      [second.id, 'committed'],
    ])
    expect(events(cluster, 'committed')).toBe(1)
  })
}, 300_000)
