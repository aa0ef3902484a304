import { mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { tryLockDescriptor } from '../../shared/files/lock.ts'
import type { FakeHead, FakeRequest } from '../test-support/fake-head.ts'
import { filesParcel, frame, problem } from '../test-support/fake-parcel.ts'
import { jobReply, noCounts } from '../test-support/fake-state.ts'
import { plain, runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  head.state.addJobset('anna', 'sweep', {
    job_1: { 'stdout.txt': Buffer.from('one'), 'out.csv': Buffer.from('1,2') },
    job_2: { 'stdout.txt': Buffer.from('mine'), 'stdout.dist.txt': Buffer.from('two') },
  })
})

const run = (argv: readonly string[], columns?: number) =>
  runDist(['pull', 'anna/sweep', '--save-dir', 'out', ...argv], {
    cwd: folder.path,
    env: { DIST_HEAD: head.url, DIST_TOKEN: head.token },
    ...(columns === undefined ? {} : { columns }),
  })
const pull = (...argv: string[]) => run(argv)
const read = (path: string) => readFileSync(folder.join('out/sweep', path), 'utf8')
const jobId = (name: string) => head.state.jobs.get(1)?.find((job) => job.name === name)?.id ?? 0
const found = () => readdirSync(folder.join('out/sweep'), { recursive: true, encoding: 'utf8' }).sort()

test('--logs brings what jobs and builds printed, and nothing else', async () => {
  const build = { attempt: 'b1', node: 'n1', state: 'failed', startedAt: 1, finishedAt: 2, outcome: null } as const
  head.state.builds = [{ ...build, outputFile: 'sweep_build_output-n1.txt' }]
  head.state.buildLogs.set('b1', Buffer.from('cc -O2'))
  const { stdout } = await pull('--logs')
  expect(stdout).toBe('anna/sweep: 2 jobs, 2 files fetched (6 B), 1 build output, 2 filtered out, in out/sweep/\n')
  // a job that saved a stdout.txt of its own has ours under another name
  expect(found()).toEqual(['job_1', 'job_1/stdout.txt', 'job_2', 'job_2/stdout.dist.txt', 'sweep_build_output-n1.txt'])
})

test('--attempts brings the others too, small and large, beside the jobs', async () => {
  const large = Buffer.alloc(400_000, 'abc')
  head.state.kept.set(jobId('job_1'), [
    { attempt: 'aa', mark: '1', files: { 'stdout.txt': Buffer.from('crash') } },
    { attempt: 'bb', mark: '2', files: { 'stdout.txt': Buffer.from('crash 2'), 'core.bin': large } },
  ])
  expect((await pull()).stdout).not.toContain('attempt')
  const { stdout } = await pull('--attempts')
  expect(stdout).toContain('2 jobs and 2 other attempts, 3 files fetched (391 KiB), 4 there already')
  expect(read('.attempts/job_1/1/stdout.txt')).toBe('crash')
  expect(readFileSync(folder.join('out/sweep/.attempts/job_1/2/core.bin')).equals(large)).toBe(true)
  expect((await pull('--attempts')).stdout).toContain('0 files fetched (0 B), 7 there already')
  expect((await pull('--attempts', '--dry', '--include', '/2/')).stdout).toContain('filtered:\n\tjob_1/stdout.txt')
})

test('--follow goes on until the jobset has ended, and asks only for what is new', async () => {
  head.state.change(1, { state: 'active', jobs: 3, counts: { ...noCounts, succeeded: 2, running: 1 }, finishedAt: null })
  const asked: unknown[] = []
  head.lies.set('results', ({ query }: FakeRequest) => {
    asked.push(query['since'])
    const all = (head.state.jobs.get(1) ?? []).filter((job) => head.state.files.has(job.id) && job.index > Number(query['after']))
    const fresh = all.filter((job) => query['since'] === undefined || job.index >= 2)
    const results = fresh.map((job) => ({ job: job.id, index: job.index, name: job.name, manifest: head.state.manifest(job.id) }))
    return { json: { results, more: false, at: 41 + asked.length } }
  })
  head.lies.set('wait', () => {
    const job = jobReply({ id: 900, index: 2, name: 'job_3', state: 'succeeded' })
    head.state.jobs.get(1)?.push(job)
    head.state.files.set(900, { 'stdout.txt': Buffer.from('three') })
    head.state.change(1, { state: 'succeeded', counts: { ...noCounts, succeeded: 3 }, finishedAt: 5 })
    return { json: head.state.jobsets[0] }
  })
  const { code, stdout, stderr } = await pull('--follow', '--json')
  expect([code, stderr]).toEqual([0, ''])
  expect(asked).toEqual([undefined, 42])
  expect(read('job_3/stdout.txt')).toBe('three')
  expect(JSON.parse(stdout)).toMatchObject({ jobs: 3, fetched: { files: 5 }, jobset: { state: 'succeeded' } })
})

test('a result that is another one since is brought again, over the old one', async () => {
  await pull()
  head.state.files.set(jobId('job_1'), { 'stdout.txt': Buffer.from('once more'), 'out.csv': Buffer.from('1,2') })
  expect((await pull()).stdout).toContain('1 file fetched (9 B), 3 there already')
  expect(read('job_1/stdout.txt')).toBe('once more')
})

test('folders pass the patterns with a slash behind', async () => {
  head.state.extras.set(jobId('job_1'), [{ kind: 'folder', path: 'hollow' }])
  const { stdout } = await pull('--dry', '--include', '^job_1/hollow/', '--include', 'csv')
  expect(stdout).toContain('included:\n\tjob_1/out.csv\n\tjob_1/hollow/\nfiltered:\n\tjob_1/stdout.txt')
  const skipped = await pull('--dry', '--skip-folders')
  expect(skipped.stdout).toContain('filtered:\n\tjob_1/hollow/\n')
  await pull('--include', '^job_1/hollow/')
  expect(found()).toEqual(['job_1', 'job_1/hollow'])
})

test('a file that the head has lost is told, and does not hold up the others', async () => {
  head.lies.set('fetchFiles', (request) => {
    const { files } = request.body as { files: { job: number; path: string }[] }
    const whole = filesParcel(head.state, { files: files.slice(1) })
    const rest = files.slice(1).map((file, i) => frame(i + 1, 'file', head.state.files.get(file.job)?.[file.path] ?? Buffer.alloc(0)))
    expect(whole.length).toBeGreaterThan(0)
    return { bytes: Buffer.concat([problem(0, 'it was edited'), ...rest, frame(files.length, 'end')]) }
  })
  const { code, stdout, stderr } = await pull()
  expect(code).toBe(1)
  expect(stdout).toContain('3 files fetched')
  expect(stderr).toContain('job_1/stdout.txt: it was edited')
  expect(found()).not.toContain('job_1/stdout.txt')
  expect(found()).toContain('job_1/out.csv')
})

test('two pulls do not write to one folder', async () => {
  mkdirSync(folder.join('out/sweep'), { recursive: true })
  const release = tryLockDescriptor(openSync(folder.join('out/sweep'), 'r'), 'test')
  const second = await pull()
  expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('another dist pull is writing to')])
  release?.()
  expect((await pull()).code).toBe(0)
})

test('what an interrupted pull left is used, checked, and gone afterwards', async () => {
  mkdirSync(folder.join('out/sweep/.pull/new/job_1'), { recursive: true })
  writeFileSync(folder.join('out/sweep/.pull/new/job_1/stdout.txt'), 'one')
  writeFileSync(folder.join('out/sweep/.pull/new/job_1/out.csv'), '9,9')
  writeFileSync(folder.join('out/sweep/.pull/new/job_1/stale.txt'), 'of another result')
  writeFileSync(folder.join('out/sweep/.pull/77-1.tmp'), '')
  const asked: string[] = []
  head.lies.set('fetchFiles', (request) => {
    const { files } = request.body as { files: { job: number; path: string }[] }
    asked.push(...files.map((file) => file.path))
    return { bytes: filesParcel(head.state, { files }) }
  })
  expect((await pull()).code).toBe(0)
  expect(asked).toEqual(['stdout.txt', 'stdout.dist.txt'])
  expect(head.seen.filter((name) => name === 'file')).toHaveLength(1)
  expect(read('job_1/out.csv')).toBe('1,2')
  expect(found()).toEqual(['job_1', 'job_1/out.csv', 'job_1/stdout.txt', 'job_2', 'job_2/stdout.dist.txt', 'job_2/stdout.txt'])
})

test('--jobs is the number of transfers at once', async () => {
  const files = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`${i}.bin`, Buffer.alloc(300_000, i)]))
  head.state.addJobset('anna', 'large', { job_1: files })
  const waiting: (() => void)[] = []
  let most = 0
  head.lies.set('file', ({ params, query }) => ({
    raw: (response) => {
      waiting.push(() => response.end(files[params['rest'] ?? '']?.subarray(Number(query['offset']))))
      // nobody is answered before two have asked
      if (waiting.length < 2) return
      most = Math.max(most, waiting.length)
      for (const answer of waiting.splice(0)) answer()
    },
  }))
  const large = (...argv: string[]) =>
    runDist(['pull', 'anna/large', '--save-dir', 'out', ...argv], {
      cwd: folder.path,
      env: { DIST_HEAD: head.url, DIST_TOKEN: head.token },
    })
  expect((await large('--jobs', '2')).code).toBe(0)
  expect(most).toBe(2)
  for (const wrong of ['0', 'x', '1.5', '65']) expect((await large('--jobs', wrong)).code).toBe(2)
})

test('--dry and --follow do not go together', async () => {
  expect((await pull('--dry', '--follow')).code).toBe(2)
})

test('on a terminal there is a bar, which is gone at the end', async () => {
  const { stderr } = await run([], 80)
  expect(plain(stderr)).toMatch(/anna\/sweep .* 1\/2 jobs · 0 B/)
  expect(stderr).toMatch(/\r +\r$/)
})

test('a pattern that would take ages elsewhere takes none here', async () => {
  const name = `${'a'.repeat(200)}.txt`
  head.state.addJobset('anna', 'evil', { job_1: { [name]: Buffer.from('x') } })
  const { code, stdout } = await runDist(['pull', 'anna/evil', '--include', '(a+)+$', '--include', '(a|aa)+b$', '--dry'], {
    cwd: folder.path,
    env: { DIST_HEAD: head.url, DIST_TOKEN: head.token },
  })
  expect([code, stdout.includes('filtered:')]).toEqual([0, true])
})
