// Patterns and `last` with the commands that change things, and what those tell.
import { expect, test } from 'vitest'
import type { RouteName } from '../../shared/api/routes.ts'
import type { FakeHead, FakeRequest } from '../test-support/fake-head.ts'
import { jobReply, jobsetReply, noCounts, nodeReply } from '../test-support/fake-state.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  const active = { jobs: 3, counts: { ...noCounts, ready: 3 } }
  head.state.jobsets.push(
    jobsetReply({ ...active, id: 1, batch: 'sweep_1' }),
    jobsetReply({ ...active, id: 2, batch: 'sweep_2', submittedAt: 1_700_000_005_000 }),
    jobsetReply({ ...active, id: 3, namespace: 'bob', batch: 'sweep_1', owner: 'bob', submittedAt: 1_700_000_009_000 }),
  )
  for (const id of [1, 2, 3])
    head.state.jobs.set(
      id,
      ['re_1', 're_2', 'other'].map((name, index) => jobReply({ id: id * 100 + index, index, name })),
    )
})

const dist = (...argv: string[]) => runDist(argv, { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: head.token } })

/** What the head is asked to cancel. */
async function killed(text: string): Promise<string[]> {
  const asked: string[] = []
  const note = ({ params, body }: FakeRequest) => {
    const { jobs } = body as { jobs: string[] | null }
    asked.push(`${params['jobset']}: ${jobs?.join(' ') ?? 'all'}`)
    return { json: { jobset: Number(params['jobset']), cancelled: 1, confirmed: [], waiting: [] } }
  }
  head.lies.set('kill' satisfies RouteName, note)
  const run = await dist('kill', text)
  return run.code === 0 ? asked : [`${run.code}: ${run.stderr.split('\n')[0]}`]
}

test.each([
  ['anna/*', ['1: all', '2: all']],
  ['*/sweep_1', ['1: all', '3: all']],
  ['sweep_?', ['1: all', '2: all', '3: all']],
  ['anna/sweep_2/re_*', ['2: re_1 re_2']],
  ['anna/*/re_1', ['1: re_1', '2: re_1']],
  ['sweep_2/*', ['2: re_1 re_2 other']],
  ['last', ['2: all']],
  ['last/re_1', ['2: re_1']],
  ['last/re_?', ['2: re_1 re_2']],
  ['anna/sweep_2/other', ['2: other']],
  ['carla/*', ['1: dist: no jobset carla/* on this head']],
  ['anna/sweep_2/x*', ['1: dist: nothing on this head fits anna/sweep_2/x*']],
  ['sweep_1', ['2: dist: sweep_1 may be anna/sweep_1, bob/sweep_1']],
  ['sweep_1/re_*', ['2: dist: sweep_1/re_* may be anna/sweep_1, bob/sweep_1']],
])('kill %s', async (text, asked) => {
  expect(await killed(text)).toEqual(asked)
})

test('last is what this token submitted last; of a token that submitted none, the newest', async () => {
  head.state.user = 'carla'
  expect(await killed('last')).toEqual(['3: all'])
  head.state.jobsets.length = 0
  expect(await killed('last')).toEqual(['1: dist: no jobset last on this head'])
})

test('a command that looks takes a pattern that one thing fits, and names several', async () => {
  expect((await dist('jobs', 'b*/sweep_1')).stdout).toContain('bob/sweep_1: 3 jobs')
  expect((await dist('jobs', 'anna/*')).stderr).toContain('anna/* may be anna/sweep_1, anna/sweep_2')
  expect((await dist('logs', 'last/o*', '--json')).code).toBe(0)
  expect((await dist('logs', 'last/re_*')).stderr).toContain('re_* may be re_1, re_2')
})

test('--json of a pattern is a list, also when one thing fits', async () => {
  expect(JSON.parse((await dist('priority', 'anna/*', '7', '--json')).stdout)).toEqual({
    each: [
      { jobset: 1, priority: 7 },
      { jobset: 2, priority: 7 },
    ],
  })
  expect(JSON.parse((await dist('priority', 'b*/*', '7', '--json')).stdout)).toEqual({ each: [{ jobset: 3, priority: 7 }] })
  expect(JSON.parse((await dist('priority', 'last', '7', '--json')).stdout)).toEqual({ jobset: 2, priority: 7 })
})

test('a jobset is held once, shown as held, and released', async () => {
  expect((await dist('hold', 'last')).stdout).toContain('anna/sweep_2: held')
  expect((await dist('hold', 'last')).stdout).toContain('held already, by anna')
  expect((await dist('status')).stdout).toContain('held by anna: dist release anna/sweep_2 lets it go on')
  head.state.waiting = 0
  expect((await dist('release', 'last')).stdout).toBe('anna/sweep_2: released\n')
  expect((await dist('release', 'last')).stdout).toBe('anna/sweep_2: nothing of it was held back\n')
})

test.each([['1.5'], ['1001'], ['x'], ['']])('%j is no priority', async (text) => {
  expect((await dist('priority', 'last', text)).code).toBe(2)
})

test('resume opens only what has no result, and finds nothing without failing', async () => {
  let unfinished: unknown
  head.lies.set('retry', ({ body }) => {
    unfinished = (body as { unfinished: boolean }).unfinished
    return { json: { jobset: 2, retried: 0 } }
  })
  const run = await dist('resume', 'last')
  expect([run.code, run.stdout, unfinished]).toEqual([0, 'anna/sweep_2: every job has a result or is still to come\n', true])
  expect((await dist('retry', 'last')).code).toBe(1)
  expect(unfinished).toBe(false)
})

test('nodes are named by name, id or pattern', async () => {
  head.state.nodes = [
    nodeReply({ id: 'aa1', name: 'lab1' }),
    nodeReply({ id: 'aa2', name: 'lab2' }),
    nodeReply({ id: 'bb1', name: 'desk' }),
  ]
  expect((await dist('node', 'pause', 'lab*')).stdout).toBe('lab1: gets no new work\nlab2: gets no new work\n')
  expect(head.state.nodes.map(({ paused }) => paused?.by)).toEqual(['anna', 'anna', undefined])
  expect((await dist('node', 'resume', 'aa1')).stdout).toBe('lab1: gets work again\n')
  expect((await dist('node', 'resume', 'aa1')).stdout).toBe('lab1: was not paused\n')
  expect((await dist('node', 'show', 'lab*')).stderr).toContain('lab* names more than one node')
  expect((await dist('node', 'clear', 'dsek')).stderr).toContain('did you mean desk?')
  expect((await dist('node', 'pause', 'desk', '--for', 'x')).code).toBe(2)
})
