import { expect, test } from 'vitest'
import type { FakeHead } from '../test-support/fake-head.ts'
import { jobReply, noCounts } from '../test-support/fake-state.ts'
import { plain, runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  head.state.addJobset('anna', 'sweep', { job_1: {}, job_2: {}, job_3: {}, job_4: {} })
})

const wait = (argv: string[] = [], columns?: number) =>
  runDist(['wait', 'sweep', ...argv], {
    cwd: folder.path,
    env: { DIST_HEAD: head.url, DIST_TOKEN: head.token },
    ...(columns === undefined ? {} : { columns }),
  })

/** The jobset is at work until it was asked for so many times, one more job done each time. */
function finishAfter(asks: number): void {
  head.state.change(1, { state: 'active', counts: { ...noCounts, ready: 4 } })
  let asked = 0
  head.fault = (route) => {
    if (route === 'wait') {
      asked++
      const done = Math.min(4, Math.floor((4 * asked) / asks))
      head.state.change(1, { state: done === 4 ? 'succeeded' : 'active', counts: { ...noCounts, ready: 4 - done, succeeded: done } })
    }
    return 'none'
  }
}

test('a jobset that is done is told at once', async () => {
  const run = await wait()
  expect(run.code).toBe(0)
  expect(run.stdout).toBe('anna/sweep: all 4 jobs succeeded in 1m00s\n')
  expect(run.stderr).toContain('dist pull anna/sweep')
})

test('progress is told in plain lines where there is no terminal', async () => {
  finishAfter(4)
  const run = await wait()
  expect(run.code).toBe(0)
  const told = run.stderr.split('\n').filter((line) => line.includes('%'))
  expect(told).toEqual([0, 25, 50, 75, 100].map((percent) => `anna/sweep: ${percent} %, ${percent / 25}/4 done`))
})

test.each([40, 80, 200])('progress is one redrawn line on a terminal of %i columns', async (columns) => {
  finishAfter(2)
  const run = await wait([], columns)
  const drawn = run.stderr.split('\r').map(plain)
  expect(drawn.some((line) => line.includes('2/4 done'))).toBe(true)
  for (const line of drawn) expect(line.split('\n')[0]?.length).toBeLessThan(columns + 30)
  const [, bar = '\n'] = /^(.*)\r +\r/s.exec(run.stderr) ?? []
  expect(bar).not.toContain('\n')
})

test('a head that goes away and comes back is waited for', async () => {
  finishAfter(3)
  const before = head.fault
  head.fault = (route, count) => (route === 'wait' && count >= 1 && count < 4 ? 'before' : before(route, count))
  const run = await wait()
  expect(run.code).toBe(0)
  expect(run.stderr).toContain('trying again for 15m')
  expect(run.stderr).toContain('the head is back')
})

test('failures are grouped by how they ended, with where to look', async () => {
  const failed = (index: number, exitCode: number) =>
    jobReply({ id: index, index, name: `beam${index}`, state: 'failed', outcome: { kind: 'failed', exitCode, signal: null } })
  head.state.jobs.set(1, [
    jobReply({ state: 'succeeded' }),
    failed(1, 1),
    ...[2, 3, 4, 5].map((index) => failed(index, 201)),
    jobReply({ id: 6, index: 6, name: 'late', state: 'cancelled', outcome: { kind: 'cancelled' } }),
  ])
  head.state.change(1, {
    state: 'failed',
    jobs: 7,
    counts: { ...noCounts, succeeded: 1, failed: 5, cancelled: 1 },
    reason: '5 jobs failed',
  })
  const run = await wait()
  expect(run.code).toBe(1)
  expect(run.stdout.split('\n')).toEqual([
    'anna/sweep: 1 of 7 jobs succeeded, 5 failed, 1 cancelled in 1m00s',
    '  5 jobs failed',
    '  4 × failed: exit code 201: beam2, beam3, beam4, …',
    '  1 × failed: exit code 1: beam1',
    '  1 × cancelled: late',
    '',
  ])
  expect(run.stderr).toContain('look at: dist logs anna/sweep/beam2')
  expect(JSON.parse((await wait(['--json'])).stdout)).toMatchObject({
    jobset: { state: 'failed' },
    failures: [{ outcome: 'failed: exit code 201', count: 4, jobs: ['beam2', 'beam3', 'beam4', 'beam5'] }, { count: 1 }, { count: 1 }],
  })
})

test('a build that failed everywhere sends to the output of the build', async () => {
  head.state.change(1, { state: 'failed', counts: { ...noCounts, failed: 4 }, reason: 'the build failed on n1' })
  head.state.jobs.set(1, [jobReply({ state: 'failed', outcome: { kind: 'build_failed', reason: 'exit code 2' } })])
  const run = await wait()
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('look at: dist logs --build anna/sweep')
})

test('--quiet leaves only the answer', async () => {
  finishAfter(2)
  expect(await wait(['--quiet'])).toMatchObject({ code: 0, stderr: '' })
})
