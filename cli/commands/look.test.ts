// What status, nodes and jobs show, at 80 and 200 columns and as JSON.
import { expect, test } from 'vitest'
import type { FakeHead } from '../test-support/fake-head.ts'
import { jobReply, jobsetReply, noCounts, nodeReply } from '../test-support/fake-state.ts'
import { plain, runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
})

const dist = (argv: string[], columns?: number) =>
  runDist(argv, { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: head.token }, ...(columns === undefined ? {} : { columns }) })
const lines = async (argv: string[], columns?: number) => plain((await dist(argv, columns)).stdout).split('\n')

test('status shows each jobset, why it stands still, and the nodes', async () => {
  head.state.jobsets.push(
    jobsetReply({ jobs: 40, counts: { ...noCounts, ready: 20, running: 2, succeeded: 15, failed: 3 } }),
    jobsetReply({ id: 2, batch: 'mesh', jobs: 1, match: { nodes: 0, online: 0, closest: 'node1 lacks cuda' } }),
    jobsetReply({ id: 3, batch: 'old', state: 'failed', jobs: 1, counts: { ...noCounts, failed: 1 }, reason: 'the build\nfailed' }),
  )
  head.state.nodes = [nodeReply({ state: 'busy' }), nodeReply({ state: 'offline' })]
  expect(await lines(['status'])).toEqual([
    'JOBSET      STATE    DONE  FAILED  RUNNING  SUBMITTED  BY',
    'anna/sweep  active  18/40       3        2  1m30s ago  anna',
    'anna/mesh   active    0/1       0        0  1m30s ago  anna',
    '  no node can run it: node1 lacks cuda',
    'anna/old    failed    1/1       1        0  1m30s ago  anna',
    '  the build failed',
    '',
    '2 nodes: 1 online, 1 busy',
    '',
  ])
})

test('status of an empty head says what to do', async () => {
  expect(await lines(['status'])).toEqual([
    'no jobsets at work; all of them: dist status --all',
    '',
    'no nodes yet: `dist node invite` prints the line that adds one',
    '',
  ])
})

/** what takes the most room */
const widest = { wallSeconds: 3599, userSeconds: 3599, systemSeconds: 0, peakMemory: 1023 << 20, memorySource: 'cgroup-v1' }

test.each([80, 200])('tables fit into %i columns', async (columns) => {
  const long = 'a_rather_long_name_for_something_that_people_give_to_their_sweeps'
  head.state.jobsets.push(jobsetReply({ namespace: long, batch: long, owner: long, reason: `${long} `.repeat(5), jobs: 100_000 }))
  head.state.jobs.set(1, [
    jobReply({ name: long, node: long, attempts: 12, state: 'failed', outcome: { kind: 'stage_failed', reason: long } }),
    jobReply({ id: 2, index: 1, state: 'succeeded', attempts: 1, usage: widest, outcome: { kind: 'succeeded' } }),
  ])
  head.state.nodes = [nodeReply({ name: long, note: `${long} `.repeat(4), capabilities: Array.from({ length: 20 }, () => 'word') })]
  for (const command of [['status'], ['nodes'], ['jobs', `${long}/${long}`]]) {
    const wide = (await lines(command, columns)).filter((line) => !line.startsWith(`${long}/`) && line.length > columns)
    expect(wide, command.join(' ')).toEqual([])
  }
})

test('nodes shows what they have and do', async () => {
  head.state.nodes = [
    nodeReply({ state: 'busy', running: 1, ahead: 31 }),
    nodeReply({ name: 'old', state: 'offline', lastSeenAt: null, note: 'disk full' }),
  ]
  expect(await lines(['nodes'])).toEqual([
    'NODE   STATE    CORES  MEMORY  RUNNING   SEEN  CAPABILITIES',
    'node1  busy         8  16 GiB    1 +31    now  python3 os=debian',
    'old    offline      8  16 GiB        0  never  python3 os=debian',
    '  disk full',
    '',
  ])
})

test('jobs shows state, node, time, CPU time, peak memory and outcome of each', async () => {
  head.state.addJobset('anna', 'sweep')
  const usage = { wallSeconds: 90, userSeconds: 300, systemSeconds: 10, peakMemory: 60 << 20, memorySource: 'rusage' }
  head.state.jobs.set(1, [
    jobReply({ state: 'succeeded', node: 'node1', attempts: 1, usage, outcome: { kind: 'succeeded' } }),
    jobReply({
      id: 2,
      index: 1,
      name: 'job_2',
      state: 'failed',
      node: 'node1',
      attempts: 2,
      usage,
      outcome: { kind: 'failed', exitCode: 201, signal: null },
    }),
    jobReply({ id: 3, index: 2, name: 'job_3', notices: ['a link was left out'] }),
  ])
  head.state.change(1, { jobs: 3 })
  expect(await lines(['jobs', 'sweep'])).toEqual([
    'JOB    STATE      NODE   TRY   TIME    CPU    PEAK  OUTCOME',
    'job_1  succeeded  node1    1  1m30s  5m10s  60 MiB',
    'job_2  failed     node1    2  1m30s  5m10s  60 MiB  exit code 201',
    'job_3  ready                                        a link was left out',
    '',
    'anna/sweep: 3 jobs, succeeded',
    '',
  ])
})

test('jobs reads page after page, and stops at the limit', async () => {
  head.state.addJobset('anna', 'sweep')
  head.state.jobs.set(
    1,
    Array.from({ length: 4500 }, (_, index) => jobReply({ id: index, index, name: `job_${index}` })),
  )
  const all = JSON.parse((await dist(['jobs', 'sweep', '--json'])).stdout) as { jobs: unknown[] }
  expect(all.jobs).toHaveLength(4500)
  const some = JSON.parse((await dist(['jobs', 'sweep', '--json', '--limit', '2100'])).stdout) as { jobs: unknown[] }
  expect(some.jobs).toHaveLength(2100)
})

test('--json of status and nodes is what the head answered', async () => {
  head.state.addJobset('anna', 'sweep', { job_1: {} })
  head.state.nodes = [nodeReply({})]
  expect(JSON.parse((await dist(['status', '--json'])).stdout)).toMatchObject({ jobsets: [{ batch: 'sweep' }], nodes: { total: 1 } })
  expect(JSON.parse((await dist(['nodes', '--json'])).stdout)).toEqual({ nodes: head.state.nodes })
})
