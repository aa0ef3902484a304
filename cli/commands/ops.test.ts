// backup, verify, gc and doctor against a head that lies, breaks off, or has another clock.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sha256 } from '../../shared/files/digest.ts'
import { packTar, type TarSource } from '../../shared/files/tar-pack.ts'
import type { FakeHead } from '../test-support/fake-head.ts'
import { plain, runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
})

const dist = (...argv: string[]) => runDist(argv, { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: head.token } })

const file = (path: string, data: string): TarSource => ({ kind: 'file', path, size: data.length, mode: 0o600, data: Buffer.from(data) })
const database = 'the database'
const seal = (change: object = {}): TarSource =>
  file(
    'backup.json',
    JSON.stringify({
      format: 1,
      id: 'x',
      head: 'h',
      version: '0.1.0',
      takenAt: 1_700_000_000_000,
      database: { size: database.length, sha256: sha256(database) },
      files: 1,
      bytes: 5,
      lacking: [],
      lackingCount: 0,
      ...change,
    }),
  )
const whole = [file('dist.sqlite', database), file('results/a/b/c/out.txt', 'hello')]
const blobs: TarSource = { kind: 'folder', path: 'blobs' }

async function answers(...sources: TarSource[]): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of packTar(sources)) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  head.lies.set('backup', () => ({ bytes }))
  return bytes
}

test('a whole backup is a private folder of its own; what it says is what came', async () => {
  await answers(...whole, { kind: 'link', path: 'results/a/b/c/link', target: 'out.txt' }, seal())
  const run = await dist('backup', 'copy', '--json')
  expect([run.code, run.stderr]).toEqual([0, ''])
  expect(JSON.parse(run.stdout)).toMatchObject({ folder: folder.join('copy'), files: 1, bytes: 5, lackingCount: 0 })
  expect(readFileSync(folder.join('copy/results/a/b/c/link'), 'utf8')).toBe('hello')
  expect(statSync(folder.join('copy')).mode & 0o777).toBe(0o700)
  expect(readdirSync(folder.path)).toEqual(['copy'])
})

test('a backup that lacks what the head lacks is kept, and ends in 1', async () => {
  await answers(...whole, seal({ lackingCount: 2, lacking: [{ path: 'blobs/aa/x', problem: 'missing' }] }))
  const run = await dist('backup', 'copy')
  expect(run.code).toBe(1)
  expect(plain(run.stderr)).toContain('lacks 2 files, and so does the backup; the first: blobs/aa/x (missing)')
  expect(existsSync(folder.join('copy/backup.json'))).toBe(true)
})

const link = (path: string, target: string): TarSource => ({ kind: 'link', path, target })
test.each<[string, readonly TarSource[], RegExp]>([
  ['without its end', whole, /its end is missing/],
  ['with fewer files than it says', [...whole, seal({ files: 2 })], /1 files of 5 bytes came, it has 2/],
  ['with another database', [file('dist.sqlite', 'other'), file('results/x', 'hello'), seal()], /another hash/],
  ['of another form', [...whole, seal({ format: 2 })], /another form/],
  ['with something behind its end', [...whole, seal(), file('results/late', 'x')], /after its end/],
  ['that writes a file twice', [...whole, file('results/a/b/c/out.txt', 'again'), seal()], /EEXIST/],
  ['with a link out of it', [...whole, link('results/out', '../../elsewhere'), seal()], /leads out/],
  ['with a path out of it', [...whole, file('../elsewhere', 'x'), seal()], /unsafe path/],
])('a backup %s is refused, and nothing of it stays', async (_name, sources, says) => {
  await answers(...sources)
  const run = await dist('backup', 'copy')
  expect(run.code).toBe(1)
  expect(plain(run.stderr)).toMatch(says)
  expect(readdirSync(folder.path)).toEqual([])
})

test('no file is written through a link that came before it', async () => {
  mkdirSync(folder.join('target'))
  await answers(link('results/a', 'b'), file('results/a/x', 'hello'), file('dist.sqlite', database), seal())
  const run = await dist('backup', 'copy')
  // the folder took the link's name
  expect(run.code).toBe(1)
  expect(readdirSync(folder.path)).toEqual(['target'])
})

test('a connection that breaks in the middle leaves nothing', async () => {
  const bytes = await answers(...whole, seal())
  head.lies.set('backup', () => ({ bytes, cutAfter: 700 }))
  expect((await dist('backup', 'copy', '--patience', '0')).code).toBe(1)
  expect(readdirSync(folder.path)).toEqual([])
})

test('a folder that has something in it is not asked for, an empty one is taken', async () => {
  await answers(...whole, seal())
  mkdirSync(folder.join('full'))
  writeFileSync(folder.join('full/x'), '')
  expect((await dist('backup', 'full')).stderr).toContain('not empty')
  expect(head.seen).toEqual([])
  mkdirSync(folder.join('empty'))
  expect((await dist('backup', 'empty')).code).toBe(0)
})

test('a backup is put in the place of the data, private, and can be used again', async () => {
  await answers(blobs, ...whole, link('results/a/b/c/link', 'out.txt'), seal())
  await dist('backup', 'copy')
  for (const data of ['data', 'again']) {
    const run = await dist('restore', 'copy', '--data', data, '--json')
    expect([run.code, JSON.parse(run.stdout)]).toMatchObject([0, { folder: folder.join(data), files: 1, bytes: 5 }])
    expect(readFileSync(folder.join(data, 'results/a/b/c/link'), 'utf8')).toBe('hello')
    expect(statSync(folder.join(data)).mode & 0o777).toBe(0o700)
    expect(existsSync(folder.join(data, 'backup.json'))).toBe(true)
  }
})

test.each<[string, (path: (name: string) => string) => void, RegExp]>([
  ['another database', (path) => writeFileSync(path('copy/dist.sqlite'), 'other'), /not the one of the backup/],
  ['a file less', (path) => writeFileSync(path('copy/results/a/b/c/out.txt'), ''), /files of 0 bytes, the backup had 1 of 5/],
  ['no seal', (path) => writeFileSync(path('copy/backup.json'), 'x'), /cannot read/],
  ['data in its place', (path) => writeFileSync(path('data'), ''), /is no folder/],
])('a backup with %s is not put in place, and nothing is left', async (_name, spoil, says) => {
  await answers(blobs, ...whole, seal())
  await dist('backup', 'copy')
  spoil((name) => folder.join(name))
  const before = readdirSync(folder.path)
  const run = await dist('restore', 'copy', '--data', 'data')
  expect([run.code, plain(run.stderr)]).toEqual([1, expect.stringMatching(says)])
  expect(readdirSync(folder.path)).toEqual(before)
})

const lines = (...all: object[]) => ({ bytes: Buffer.from(all.map((line) => `${JSON.stringify(line)}\n`).join('')) })
const found = { missing: 0, changed: 0, unreadable: 0, extra: 0 }

test('verify prints what it finds and ends in 1 for damage, in 0 for what is merely too much', async () => {
  const finding = { line: 'finding', kind: 'missing', path: 'results/a/b', detail: 'it should have 5 bytes' }
  head.lies.set('verify', () =>
    lines(finding, { line: 'progress', files: 1, bytes: 2 }, { line: 'done', files: 2, bytes: 2048, found: { ...found, missing: 1 } }),
  )
  const bad = await dist('verify')
  expect([bad.code, plain(bad.stdout)]).toEqual([1, 'missing    results/a/b  it should have 5 bytes\n2 files, 2.0 KiB: 1 missing\n'])
  head.lies.set('verify', () =>
    lines({ ...finding, kind: 'extra' }, { line: 'done', files: 2, bytes: 2048, found: { ...found, extra: 1 } }),
  )
  expect((await dist('verify')).code).toBe(0)
})

test('a verify that breaks off is no success', async () => {
  head.lies.set('verify', () => lines({ line: 'progress', files: 1, bytes: 2 }))
  const run = await dist('verify', '--json')
  expect([run.code, run.stdout]).toEqual([1, ''])
  expect(JSON.parse(run.stderr)).toMatchObject({ error: { code: 'unavailable' } })
})

const none = { count: 0, bytes: 0 }
const nothing = { line: 'done', dry: false, results: none, drafts: none, inputs: none, uploads: none, packs: none, output: none }

test('gc says what went, why, and how much; --dry that nothing did', async () => {
  head.lies.set('collect', () =>
    lines({ line: 'progress', doing: 'inputs' }, { ...nothing, inputs: { count: 2, bytes: 3 << 20 }, packs: { count: 1, bytes: 1 << 20 } }),
  )
  const run = await dist('gc')
  expect(plain(run.stdout).split('\n')).toEqual([
    '2 inputs that no jobset and no draft names: 3.0 MiB',
    '1 pack in which no result lies: 1.0 MiB',
    '4.0 MiB freed',
    '',
  ])
  head.lies.set('collect', ({ body }) => lines({ ...nothing, dry: (body as { dry: boolean }).dry, inputs: { count: 1, bytes: 5 } }))
  expect(plain((await dist('gc', '--dry')).stdout)).toContain('nothing was removed (--dry)')
  head.lies.set('collect', () => lines(nothing))
  expect((await dist('gc')).stdout).toBe('nothing to remove\n')
})

test('a gc that fails on the way says so', async () => {
  head.lies.set('collect', () => lines({ line: 'failed', code: 'disk_full', message: 'no space' }))
  const run = await dist('gc')
  expect([run.code, plain(run.stderr)]).toEqual([1, expect.stringContaining('no space')])
})

test('doctor tells a clock that is off, another version, and who the token is of', async () => {
  const session = { role: 'user', name: 'anna', head: { id: 'h', version: '9.9.9', startedAt: 1, grpc: '127.0.0.1:1', url: head.url } }
  head.lies.set('session', () => ({ json: session }))
  const run = await dist('doctor', '--json')
  const checks = (JSON.parse(run.stdout) as { checks: { name: string; level: string; message: string }[] }).checks
  const level = Object.fromEntries(checks.map(({ name, level }) => [name, level]))
  // the fake head lives in 2023
  expect(level).toMatchObject({ head: 'ok', token: 'ok', version: 'warning', clock: 'problem', nodes: 'warning' })
  expect(checks.find(({ name }) => name === 'token')?.message).toBe('of anna, role user')
  expect(run.code).toBe(1)
})
