// A head whose answers are not what it listed: no byte lands outside of the batch's folder, and nothing with a wrong hash in it.
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sha256 } from '../../shared/files/digest.ts'
import type { FakeHead, FakeReply } from '../test-support/fake-head.ts'
import { frame, problem } from '../test-support/fake-parcel.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder
const data = Buffer.from('data')
/** no part of it is like another */
const big = Buffer.from(Uint32Array.from({ length: 125_000 }, (_, i) => i * 2_654_435_761).buffer)

withFakeHead((...made) => {
  ;[head, folder] = made
  head.state.addJobset('anna', 'sweep', { job_1: { 'out.txt': data } })
})

const pull = () =>
  runDist(['pull', 'anna/sweep', '--save-dir', 'save', '--patience', '0'], {
    cwd: folder.path,
    env: { DIST_HEAD: head.url, DIST_TOKEN: head.token },
  })

/** Files and links below the test folder that are not parts of an interrupted pull. */
function placed(): string[] {
  const all = readdirSync(folder.path, { recursive: true, encoding: 'utf8' }).sort()
  return all.filter((path) => !path.startsWith('save/sweep/.pull/') && !lstatSync(folder.join(path)).isDirectory())
}

const end = (files = 1) => frame(files, 'end')
const parcels: readonly [string, () => Buffer, RegExp][] = [
  ['a file that was not asked for', () => Buffer.concat([frame(1, 'file', data), end()]), /was not asked for/],
  ['a file of a number without end', () => Buffer.concat([frame(0xffffffff, 'file', data), end()]), /was not asked for/],
  ['the file twice', () => Buffer.concat([frame(0, 'file', data), frame(0, 'file', data), end()]), /was not asked for/],
  ['other bytes', () => Buffer.concat([frame(0, 'file', Buffer.from('atad')), end()]), /other bytes than were committed/],
  ['too many bytes', () => Buffer.concat([frame(0, 'file', Buffer.alloc(5)), end()]), /sends 5 bytes of job_1\/out.txt, which has 4/],
  ['too few bytes', () => Buffer.concat([frame(0, 'file', Buffer.alloc(3)), end()]), /sends 3 bytes of/],
  ['a length of petabytes', () => frame(0, 'file', data, 2 ** 52), /sends \d+ bytes of/],
  ['a length that is no number', () => Buffer.concat([frame(0, 'file').fill(0xff, 8), data]), /no parcel/],
  ['a length that is more than comes', () => Buffer.concat([frame(0, 'file', data.subarray(0, 2), 4)]), /broke off/],
  ['no end', () => frame(0, 'file', data), /broke off/],
  ['an end at once', () => end(), /did not send it/],
  ['an unknown kind of frame', () => frame(0, 'file', data).fill(9, 4, 8), /no parcel/],
  ['a problem without end', () => frame(0, 'problem', Buffer.alloc(100), 1 << 30), /too long/],
  ['a problem that is none', () => Buffer.concat([frame(0, 'problem', Buffer.from('{')), end()]), /cannot be read/],
  ['a problem that steers the terminal', () => Buffer.concat([problem(0, 'x\x1b[2Jy'), end()]), /job_1\/out.txt: x.?\[2Jy/],
  ['text', () => Buffer.alloc(2000, 'x'), /no parcel/],
  ['nothing', () => Buffer.alloc(0), /broke off/],
]

test.each(parcels)('a parcel with %s is refused', async (_, make, message) => {
  head.lies.set('fetchFiles', () => ({ bytes: make() }))
  const run = await pull()
  expect(run.code).toBe(1)
  expect(run.stderr).toMatch(message)
  expect(run.stderr).not.toContain('\x1b[2J')
  // the right bytes are right whoever sends them, but then nothing else
  expect(placed().filter((path) => path !== 'save/sweep/job_1/out.txt')).toEqual([])
  if (existsSync(folder.join('save/sweep/job_1/out.txt'))) expect(readFileSync(folder.join('save/sweep/job_1/out.txt'))).toEqual(data)
})

const larges: readonly [string, FakeReply, RegExp][] = [
  ['more bytes than it said', { bytes: Buffer.alloc(600_000) }, /more of job_1\/big than its/],
  ['other bytes', { bytes: Buffer.alloc(big.length, 'y') }, /other bytes than were committed/],
  // the second half is asked for then
  ['the first half, again and again', { bytes: big.subarray(0, 250_000) }, /other bytes than were committed/],
  ['nothing', { bytes: Buffer.alloc(0) }, /only a part of job_1\/big/],
  ['bytes without end', { raw: (response) => void pour(response) }, /more of job_1\/big than its/],
  [
    'a redirect',
    { raw: (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/evil' }).end() },
    /no dist head: it answered 302/,
  ],
  [
    'a redirect to a file',
    { raw: (response) => response.writeHead(301, { location: 'file:///etc/passwd' }).end('x') },
    /no dist head: it answered 301/,
  ],
  [
    // what unpacks to the right bytes is still not what was committed
    'a compressed body',
    { raw: (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(big)) },
    /more of job_1\/big than its|other bytes/,
  ],
  [
    'a length that lies',
    { raw: (response) => response.writeHead(200, { 'content-length': '250000' }).end(big) },
    /other bytes|connection broke|only a part/,
  ],
]

/** Until the client has had enough. */
function pour(response: import('node:http').ServerResponse): void {
  const piece = Buffer.alloc(1 << 16)
  const more = () => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once('drain', more)
  }
  response.writeHead(200)
  more()
}

test.each(larges)('a large file with %s is refused and does not appear', async (_, reply, message) => {
  const manifest = [{ kind: 'file', path: 'big', size: big.length, mode: 0o644, sha256: sha256(big) }]
  head.lies.set('results', () => ({ json: { results: [{ job: 100, index: 0, name: 'job_1', manifest }], more: false, at: 1 } }))
  head.lies.set('file', () => reply)
  const run = await pull()
  expect(run.code).toBe(1)
  expect(run.stderr).toMatch(message)
  expect(placed()).toEqual([])
})

test('a bomb in the place of a list is not unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(1 << 20, ' '))
  head.lies.set('results', () => ({ raw: (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb) }))
  expect((await pull()).stderr).toContain('what answers there is no dist head')
  expect(placed()).toEqual([])
})

/** What lies in the destination beforehand, put there by whoever: nothing is written through it. */
const planted: readonly [string, () => void, RegExp | null][] = [
  [
    'a link for the batch',
    () => symlinkSync(folder.join('elsewhere'), folder.join('save/sweep')),
    /a symbolic link, which is not followed/,
  ],
  ['a link for the job', () => symlinkSync(folder.join('elsewhere'), inBatch('job_1')), /a symbolic link, which is not followed/],
  [
    'a broken link for the job',
    () => symlinkSync(folder.join('elsewhere/new'), inBatch('job_1')),
    /a symbolic link, which is not followed/,
  ],
  ['a file for the job', () => writeFileSync(inBatch('job_1'), ''), /a file is in its place/],
  ['a folder for the file', () => mkdirSync(inBatch('job_1/out.txt/mine'), { recursive: true }), /a folder is in its place/],
  ['a link for the work folder', () => symlinkSync(folder.join('elsewhere'), inBatch('.pull')), /a symbolic link, which is not followed/],
  ['a link for its stage', () => linkInWork('new'), /a symbolic link, which is not followed/],
  ['a link for a job on its stage', () => linkInWork('new/job_1'), /a symbolic link, which is not followed/],
  // replaced, not written through
  ['a link for the file', () => linkFile(inBatch('job_1/out.txt')), null],
  ['a link for a part', () => linkFile(inBatch('.pull/new/job_1/out.txt')), null],
]

const inBatch = (path: string) => {
  const parent = folder.join('save/sweep', path, '..')
  mkdirSync(parent, { recursive: true })
  return folder.join('save/sweep', path)
}
const linkInWork = (path: string) => symlinkSync(folder.join('elsewhere'), inBatch(`.pull/${path}`))
const linkFile = (path: string) => symlinkSync(folder.join('elsewhere/precious'), path)

test.each(planted)('%s in the destination is not followed', async (_, plant, message) => {
  mkdirSync(folder.join('save'))
  mkdirSync(folder.join('elsewhere'))
  writeFileSync(folder.join('elsewhere/precious'), 'mine')
  plant()
  const run = await pull()
  if (message === null) {
    expect(run.code).toBe(0)
    expect(lstatSync(folder.join('save/sweep/job_1/out.txt')).isFile()).toBe(true)
    expect(readFileSync(folder.join('save/sweep/job_1/out.txt'))).toEqual(data)
  } else {
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(message)
  }
  expect(readdirSync(folder.join('elsewhere'))).toEqual(['precious'])
  expect(readFileSync(folder.join('elsewhere/precious'), 'utf8')).toBe('mine')
})
