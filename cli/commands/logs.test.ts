// Wrong uses of logs; what it follows is tested with real programs (test/e2e/logs.test.ts).
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeHead } from '../test-support/fake-head.ts'
import { runDist, TestFolder } from '../test-support/run-dist.ts'

let head: FakeHead
let folder: TestFolder

beforeEach(async () => {
  folder = new TestFolder()
  head = await FakeHead.start()
  head.state.addJobset('anna', 'sweep', { job_1: {} })
})

afterEach(async () => {
  await head.close()
  folder.remove()
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
