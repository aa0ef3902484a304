// Wrong uses of logs; what it follows is tested with real programs (test/e2e/logs.test.ts).
import { expect, test } from 'vitest'
import type { FakeHead } from '../test-support/fake-head.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  head.state.addJobset('anna', 'sweep', { job_1: {} })
})

const dist = (...argv: string[]) => runDist(argv, { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: head.token } })

test.each([
  [['--attempt', '0', 'sweep/job_1'], 'the first is --attempt 1'],
  [['--attempt', 'last', 'sweep/job_1'], 'is no number of an attempt'],
  [['--attempt', '1', '--build', 'sweep'], '--attempt goes with a job'],
  [['-f', '--node', 'n1', 'sweep/job_1'], '--node goes with --build'],
])('logs %j is refused with status 2', async (argv, message) => {
  const run = await dist('logs', ...argv)
  expect([run.code, run.stdout]).toEqual([2, ''])
  expect(run.stderr).toContain(message)
})

test('logs -f --build of a jobset that ended without a build says so', async () => {
  const run = await dist('logs', '-f', '--build', 'sweep')
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('was not built on any node yet')
})
