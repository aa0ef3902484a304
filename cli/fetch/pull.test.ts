import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DistError } from '../../shared/base/errors.ts'
import type { FakeHead, FakeRequest } from '../test-support/fake-head.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder
const large = Buffer.alloc(700_000, 'abcdefg')

withFakeHead((...made) => {
  ;[head, folder] = made
  head.state.addJobset('anna', 'sweep', {
    job_1: { 'stdout.txt': Buffer.from('one'), 'sub/out.csv': Buffer.from('1,2'), empty: Buffer.alloc(0) },
    job_2: { 'stdout.txt': Buffer.from('two'), 'large.bin': large },
  })
})

const pull = (...argv: string[]) =>
  runDist(['pull', 'anna/sweep', '--save-dir', 'out', ...argv], { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: head.token } })
const read = (path: string) => readFileSync(folder.join('out', path), 'utf8')
const jobId = (name: string) => head.state.jobs.get(1)?.find((job) => job.name === name)?.id ?? 0

test('files land in batch, job and path, and nothing else is left', async () => {
  const run = await pull()
  expect(run).toMatchObject({ code: 0, stdout: 'anna/sweep: 2 jobs, 5 files fetched (684 KiB), in out/sweep/\n' })
  expect(read('sweep/job_1/sub/out.csv')).toBe('1,2')
  expect(read('sweep/job_1/empty')).toBe('')
  expect(readFileSync(folder.join('out/sweep/job_2/large.bin')).equals(large)).toBe(true)
  expect(readdirSync(folder.join('out/sweep')).sort()).toEqual(['job_1', 'job_2'])
})

test('what is there already is not fetched again', async () => {
  await pull()
  head.seen.length = 0
  const run = await pull()
  expect(run.stdout).toContain('0 files fetched (0 B), 5 there already')
  expect(head.seen).not.toContain('fetchFiles')
  expect(head.seen).not.toContain('file')
})

test('a file that differs in size or only in content is fetched again', async () => {
  await pull()
  writeFileSync(folder.join('out/sweep/job_1/stdout.txt'), 'eno')
  writeFileSync(folder.join('out/sweep/job_2/stdout.txt'), 'longer')
  const run = await pull()
  expect(run.stdout).toContain('2 files fetched')
  expect([read('sweep/job_1/stdout.txt'), read('sweep/job_2/stdout.txt')]).toEqual(['one', 'two'])
})

test('the mode of a program survives, setuid does not', async () => {
  const manifest = head.state.manifest(jobId('job_1')).map((entry) => ({ ...entry, mode: 0o755 }))
  head.lies.set('results', () => ({ json: { results: [{ job: jobId('job_1'), index: 0, name: 'job_1', manifest }], more: false } }))
  await pull()
  expect(statSync(folder.join('out/sweep/job_1/stdout.txt')).mode & 0o7777).toBe(0o755)
})

test('empty folders and links inside the job come along', async () => {
  head.state.extras.set(jobId('job_1'), [
    { kind: 'folder', path: 'hollow' },
    { kind: 'link', path: 'sub/latest', target: '../stdout.txt' },
  ])
  await pull()
  expect(statSync(folder.join('out/sweep/job_1/hollow')).isDirectory()).toBe(true)
  expect(readlinkSync(folder.join('out/sweep/job_1/sub/latest'))).toBe('../stdout.txt')
  expect((await pull()).stdout).toContain('6 there already')
})

test('include and exclude see the path below the batch', async () => {
  await pull('--include', 'stdout', '--include', 'csv$', '--exclude', '^job_2/')
  expect(readdirSync(folder.join('out/sweep'))).toEqual(['job_1'])
  expect(readdirSync(folder.join('out/sweep/job_1')).sort()).toEqual(['stdout.txt', 'sub'])
})

test("the original's words are understood, with and without a file", async () => {
  const run = await pull('include', '--include', 'csv')
  expect(run.stdout).toContain('1 file fetched')
  writeFileSync(folder.join('jobs.yaml'), 'meta: {batch_name: sweep, namespace: anna}\n')
  const again = await runDist(['pull', 'exclude', '--exclude', 'csv'], {
    cwd: folder.path,
    env: { DIST_HEAD: head.url, DIST_TOKEN: head.token },
  })
  expect(again.stdout).toContain('4 files fetched (684 KiB), 1 filtered out, in sweep/')
})

test('--dry lists and writes nothing', async () => {
  const run = await pull('--dry', '--exclude', 'csv')
  expect(run.stdout).toBe(
    ['included:', '\tjob_1/stdout.txt', '\tjob_1/empty', '\tjob_2/stdout.txt', '\tjob_2/large.bin', 'filtered:', '\tjob_1/sub/out.csv']
      .concat('anna/sweep: 4 files to fetch, 684 KiB', '')
      .join('\n'),
  )
  expect(existsSync(folder.join('out'))).toBe(false)
})

test('a large file goes on where the connection broke', async () => {
  const offsets: number[] = []
  head.lies.set('file', (request: FakeRequest) => {
    const offset = Number(request.query['offset'])
    offsets.push(offset)
    return { bytes: large.subarray(offset), ...(offsets.length === 1 ? { cutAfter: 300_000 } : {}) }
  })
  expect((await pull()).code).toBe(0)
  expect(offsets[0]).toBe(0)
  expect(offsets[1]).toBeGreaterThan(0)
  expect(readFileSync(folder.join('out/sweep/job_2/large.bin')).equals(large)).toBe(true)
})

test('a large file goes on where an earlier pull ended', async () => {
  head.lies.set('file', (request) => {
    if (Number(request.query['offset']) > 0) throw new DistError('unavailable', 'not now')
    return { bytes: large, cutAfter: 300_000 }
  })
  expect((await pull('--patience', '0')).code).toBe(1)
  expect(existsSync(folder.join('out/sweep/job_2/large.bin'))).toBe(false)
  head.lies.clear()
  const offsets: number[] = []
  head.lies.set('file', (request) => {
    offsets.push(Number(request.query['offset']))
    return { bytes: large.subarray(offsets.at(-1)) }
  })
  expect((await pull()).code).toBe(0)
  expect(offsets).toEqual([expect.any(Number)])
  expect(offsets[0]).toBeGreaterThan(0)
  expect(readdirSync(folder.join('out/sweep')).sort()).toEqual(['job_1', 'job_2'])
})

test('a part of an earlier pull that is bad is thrown away and fetched from the start', async () => {
  mkdirSync(folder.join('out/sweep/.pull/new/job_2'), { recursive: true })
  writeFileSync(folder.join('out/sweep/.pull/new/job_2/large.bin'), 'not what was sent')
  expect((await pull()).code).toBe(0)
  expect(head.seen.filter((name) => name === 'file')).toHaveLength(2)
  expect(readFileSync(folder.join('out/sweep/job_2/large.bin')).equals(large)).toBe(true)
})

test('a tar that breaks off costs only what had not arrived', async () => {
  head.fault = (name, count) => (name === 'fetchFiles' && count === 0 ? 'after' : 'none')
  expect((await pull()).code).toBe(0)
  expect(read('sweep/job_2/stdout.txt')).toBe('two')
})

test('build outputs lie beside the jobs', async () => {
  head.state.builds = [
    {
      attempt: 'b1',
      node: 'n1',
      state: 'succeeded',
      startedAt: 1,
      finishedAt: 2,
      outcome: { kind: 'succeeded' },
      outputFile: 'sweep_build_output-n1.txt',
    },
  ]
  head.state.buildLogs.set('b1', Buffer.from('cc -O2'))
  const run = await pull('--json')
  expect(JSON.parse(run.stdout)).toMatchObject({ buildOutputs: ['sweep_build_output-n1.txt'] })
  expect(read('sweep/sweep_build_output-n1.txt')).toBe('cc -O2')
})

test('a link in the place of a folder is not followed', async () => {
  mkdirSync(folder.join('out/sweep'), { recursive: true })
  mkdirSync(folder.join('elsewhere'))
  symlinkSync(folder.join('elsewhere'), folder.join('out/sweep/job_1'))
  const run = await pull()
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('a symbolic link, which is not followed, is in its place')
  expect(readdirSync(folder.join('elsewhere'))).toEqual([])
})

test('a link in the place of a file is replaced, not written through', async () => {
  mkdirSync(folder.join('out/sweep/job_1'), { recursive: true })
  writeFileSync(folder.join('precious'), 'one')
  symlinkSync(folder.join('precious'), folder.join('out/sweep/job_1/stdout.txt'))
  expect((await pull()).code).toBe(0)
  expect(readFileSync(folder.join('precious'), 'utf8')).toBe('one')
  expect(statSync(folder.join('out/sweep/job_1/stdout.txt')).isFile()).toBe(true)
})

test('a folder in the place of a file is an error, not removed', async () => {
  mkdirSync(folder.join('out/sweep/job_1/stdout.txt/mine'), { recursive: true })
  const run = await pull()
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('a folder is in its place')
  expect(existsSync(folder.join('out/sweep/job_1/stdout.txt/mine'))).toBe(true)
})

test('the save folder itself may be a link', async () => {
  mkdirSync(folder.join('disk'))
  symlinkSync(folder.join('disk'), folder.join('out'))
  expect((await pull()).code).toBe(0)
  expect(readFileSync(folder.join('disk/sweep/job_1/stdout.txt'), 'utf8')).toBe('one')
})

test('a save folder that is a file is an error of the folder', async () => {
  writeFileSync(folder.join('out'), '')
  const run = await pull()
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('choose another folder with --save-dir')
})
