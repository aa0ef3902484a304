// Programs of a node that stand still for 20 s, longer than the 15 s of silence that end a session: an agent on one node, a
// launcher on another, at the same time. Their jobs go on, are counted once and nothing of it is lost.
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { signalQuietly } from '../support/processes.ts'
import { until } from '../support/until.ts'
import { attempts, events } from './fixtures/attempts.ts'
import { ended, submit, withCluster } from './fixtures/with-cluster.ts'

/** ms */
const standstill = 20_000

test('an agent and a launcher stopped for 20 s: no job is lost, none runs again', async (context) => {
  const agents = ['alpha', 'beta'].map((name) => ({ name, cores: 2 }))
  await withCluster(context, { agents }, async (cluster) => {
    // longer than the standstill and shorter than it: both kinds are under way when it begins
    const jobs = Array.from({ length: 24 }, (_, index) => `    - {name: job_${index}, run: 'sleep ${index % 4 === 0 ? 26 : 1}; echo done'}`)
    await submit(cluster, 'still', ['lost_after: 5m', 'resources: {cores: 1}', 'shell:', '  initialize: {}', '  jobs:', ...jobs])
    await until('jobs run on both', () => {
      const nodes = attempts(cluster).filter(({ state }) => state === 'running')
      return agents.every(({ name }) => nodes.some(({ node }) => node === name))
    })
    const pids = [cluster.agent('alpha').program.pid, ...cluster.agent('beta').launchers()]
    expect(pids).toHaveLength(2)
    for (const pid of pids) signalQuietly(pid, 'SIGSTOP')
    await wait(standstill)
    expect((await cluster.agent('alpha').node(cluster)).state).toBe('unreachable')
    for (const pid of pids) signalQuietly(pid, 'SIGCONT')
    const { state } = await ended(cluster, 'still', 90_000)
    expect(state).toBe('succeeded')
    expect(events(cluster, 'attempt_lost')).toBe(0)
    expect(attempts(cluster).filter(({ number }) => number !== null && number > 1)).toEqual([])
    expect(events(cluster, 'committed')).toBe(24)
  })
}, 180_000)
