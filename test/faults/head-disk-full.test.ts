// The head's disk is filled while 500 jobs finish: what was acknowledged stays, results wait at their nodes, and all is
// committed when there is space again, by the same process.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { attempts, events } from './fixtures/attempts.ts'
import { type FillableDisk, mountFillableDisk } from './fixtures/fillable-disk.ts'
import { ended, type FrameOptions, submit, withCluster } from './fixtures/with-cluster.ts'

const count = 500

/** Two nodes, and a head on a disk of 256 MiB. */
function smallHead(): { readonly frame: FrameOptions; disk(): FillableDisk } {
  const made: FillableDisk[] = []
  const disk = (): FillableDisk => {
    if (made[0] === undefined) throw new Error('no disk yet')
    return made[0]
  }
  const frame: FrameOptions = {
    agents: ['alpha', 'beta'].map((name) => ({ name, cores: 2 })),
    programs: ['mkfs.ext4', 'mount', 'fallocate'],
    head: (root) => {
      made.push(mountFillableDisk(join(root, 'disk'), 256))
      return { data: join(disk().path, 'data') }
    },
    after: () => made[0]?.remove(),
  }
  return { frame, disk }
}

test('500 jobs finish while the disk of the head is full: all are committed once there is space, without a restart', async (context) => {
  const { frame, disk } = smallHead()
  await withCluster(context, frame, async (cluster) => {
    const run = 'echo $(( 7 * 6 )) > distribute_save/answer.txt; head -c 3000 /dev/zero > distribute_save/more'
    const jobs = Array.from({ length: count }, (_, index) => `    - {name: job_${index}, run: '${run}'}`)
    await submit(cluster, 'many', ['lost_after: 60s', 'resources: {cores: 1}', 'shell:', '  initialize: {}', '  jobs:', ...jobs])
    await until('some are committed', () => events(cluster, 'committed') >= 50)
    const { pid } = cluster.head
    disk().fill()
    const full = events(cluster, 'committed')
    await wait(4000)
    const before = events(cluster, 'committed')
    expect(before, 'something was left to do').toBeLessThan(count)
    expect(cluster.head.running).toBe(true)
    disk().free()
    const { state, counts } = await ended(cluster, 'many', 90_000)
    expect(state).toBe('succeeded')
    expect(counts.succeeded).toBe(count)
    expect(events(cluster, 'committed')).toBe(count)
    expect(events(cluster, 'attempt_lost')).toBe(0)
    expect(cluster.head.pid).toBe(pid)
    console.log(`full disk of the head: filled at ${full} commits, ${before} when there was space again, ${count} in the end`)
  })
}, 180_000)

test('a head killed and started again on its full disk answers, and goes on when there is space', async (context) => {
  const { frame, disk } = smallHead()
  await withCluster(context, { ...frame, agents: [{ name: 'alpha', cores: 1 }] }, async (cluster) => {
    await submit(cluster, 'one', ['shell:', '  initialize: {}', '  jobs:', "    - {name: job, run: 'sleep 6; echo done'}"])
    await until('it runs', () => attempts(cluster)[0]?.state === 'running')
    disk().fill()
    await cluster.head.signal('SIGKILL')
    await cluster.startHead()
    expect((await cluster.api<{ nodes: unknown[] }>('GET', '/nodes')).nodes).toHaveLength(1)
    disk().free()
    expect((await ended(cluster, 'one')).state).toBe('succeeded')
    expect(attempts(cluster).map(({ number, state }) => [number, state])).toEqual([[1, 'committed']])
    const told = (): boolean => JSON.parse(readFileSync(join(cluster.data, 'head.json'), 'utf8')).pid === cluster.head.pid
    await until('commands of this account find it', told)
  })
}, 180_000)
