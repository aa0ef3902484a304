import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeHead } from '../test-support/fake-head.ts'
import { plain, runDist, TestFolder } from '../test-support/run-dist.ts'

let folder: TestFolder

beforeEach(() => {
  folder = new TestFolder()
})

afterEach(() => {
  folder.remove()
})

const dist = (...argv: string[]) => runDist(argv, { cwd: folder.path })

test.each([['--help'], ['help'], ['add', '--help'], ['token', 'create', '--help'], ['--version']])('%s %s is done', async (...argv) => {
  const run = await dist(...argv)
  expect(run.code).toBe(0)
  expect(run.stderr).toBe('')
  expect(run.stdout).not.toBe('')
})

test.each([
  [['frobnicate'], "unknown command 'frobnicate'"],
  [['status', '--frob'], "unknown option '--frob'"],
  [['server-status'], "that is 'dist status' here"],
  [['statu'], 'Did you mean status?'],
  [['logs'], "missing required argument 'target'"],
  [['token', 'create'], "required option '--role <role>'"],
  [['status', '--limit', 'x'], '--limit x is no count'],
  [['status', '--patience', 'x'], '--patience x is no number of seconds'],
  [['jobs', 'a/b/c/d'], 'names no jobset and no job'],
  [['jobs', 'a', '--state', 'odd'], '--state odd is no state of a job'],
  [['template', 'fortran'], 'fortran is no kind of jobset'],
  [['add', 'none.yaml'], 'no such file: none.yaml'],
  [['pull', 'a', 'word'], '"word" is one word too many'],
  [['--head', 'ftp://x', 'status'], 'is no address of a head'],
  [[], 'Usage: dist'],
])('%j is wrong usage', async (argv, message) => {
  const run = await dist('--head', 'http://127.0.0.1:9', ...argv)
  expect(run.code).toBe(2)
  expect(run.stdout).toBe('')
  expect(run.stderr).toContain(message)
})

test('a head that does not answer is a failure, told in two lines', async () => {
  const run = await dist('status', '--head', 'http://127.0.0.1:9', '--patience', '0')
  expect(run.code).toBe(1)
  expect(run.stderr.trimEnd().split('\n')).toEqual([
    'dist: cannot reach the head at http://127.0.0.1:9: nothing listens there',
    expect.stringMatching(/^ {6}check the address/),
  ])
})

test('no head at all is a failure', async () => {
  const run = await dist('status')
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('dist serve')
})

test('a token that the head does not know is a failure with advice', async () => {
  const head = await FakeHead.start()
  try {
    const run = await runDist(['status'], { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: 'wrong' } })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('DIST_TOKEN')
  } finally {
    await head.close()
  }
})

test('with --json an error is one object on stderr', async () => {
  const run = await dist('status', '--json')
  expect(run.stdout).toBe('')
  expect(JSON.parse(run.stderr)).toMatchObject({ error: { code: 'unreachable', message: expect.any(String), hint: expect.any(String) } })
})

test('Ctrl-C while a head is waited for ends with 130', async () => {
  const abort = new AbortController()
  const running = runDist(['wait', 'a', '--head', 'http://127.0.0.1:9'], { cwd: folder.path, signal: abort.signal })
  abort.abort(new DOMException('interrupted', 'AbortError'))
  const run = await running
  expect(run.code).toBe(130)
  expect(run.stderr).toBe('dist: interrupted\n')
})

test('colours appear on a terminal only, and not when refused', async () => {
  const head = await FakeHead.start()
  try {
    head.state.addJobset('anna', 'sweep', { job_1: {} })
    const env = { DIST_HEAD: head.url, DIST_TOKEN: head.token }
    const options = { cwd: folder.path, env, columns: 80 }
    const coloured = (await runDist(['status'], options)).stdout
    expect(coloured).not.toBe(plain(coloured))
    for (const argv of [
      ['status', '--no-color'],
      ['status', '--json'],
    ]) {
      const { stdout } = await runDist(argv, options)
      expect(stdout).toBe(plain(stdout))
    }
    for (const more of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const { stdout } = await runDist(['status'], { ...options, env: { ...env, ...more } })
      expect(stdout).toBe(plain(stdout))
    }
  } finally {
    await head.close()
  }
})
