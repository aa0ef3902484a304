// Committed results wherever they lie: in a pack, on their way in, in their folder; and while they move.
import { appendFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { type FrameKind, ParcelReader } from '../../shared/files/parcel.ts'
import type { Manifest } from '../../shared/model/manifest.ts'
import { type TestHead, withHead } from './test-support.ts'
import { content, submit, tarOf } from './test-support-drafts.ts'
import { attemptId, claim, commitLarge, commitSmall, firstJob, node, placeAll } from './test-support-results.ts'

const attempt = attemptId(1)
const files = { 'stdout.txt': 'hello\n', 'out/data.csv': '1,2,3\n' }
const big = content('large '.repeat(500_000))

async function scene(head: TestHead): Promise<{ token: string; jobset: number }> {
  const token = await head.token('admin')
  const jobset = await submit(head, token, 1, 'sweep')
  head.bearers.set('bearer', node)
  await claim(head, 1, attempt)
  return { token, jobset }
}

async function ship(head: TestHead, manifest: Manifest, ...contents: Parameters<typeof tarOf>): Promise<void> {
  const json = { manifest }
  expect((await head.call('PUT', `/attempts/${attempt}/manifest`, { token: 'bearer', json })).status).toBe(200)
  const raw = await tarOf(...contents)
  const answer = await head.call('PUT', `/attempts/${attempt}/files`, { token: 'bearer', raw, type: 'application/x-tar' })
  expect(answer.json).toEqual({ missing: [] })
}

interface Frame {
  readonly index: number
  readonly kind: FrameKind
  readonly text: string
}

/** Of a whole parcel, without its end. */
async function framesOf(bytes: Buffer): Promise<Frame[]> {
  const frames: Frame[] = []
  const reader = new ParcelReader(Readable.from([bytes]) as AsyncIterable<Buffer>)
  for (;;) {
    const { index, kind, length } = await reader.head()
    if (kind === 'end') return frames
    frames.push({ index, kind, text: (await reader.take(length)).toString() })
  }
}

/** What a client gets by every route of results. */
async function look(head: TestHead, token: string, jobset: number, paths: readonly string[]): Promise<Record<string, string>> {
  const seen: Record<string, string> = {}
  for (const path of paths) {
    const answer = await head.call('GET', `/jobs/1/files/${path}`, { token })
    expect([path, answer.status]).toEqual([path, 200])
    seen[path] = answer.bytes.toString()
    const tail = await head.call('GET', `/jobs/1/files/${path}?offset=3`, { token })
    expect(tail.bytes.toString()).toBe(seen[path].slice(3))
  }
  const json = { files: paths.map((path) => ({ job: 1, path })) }
  const parcel = await head.call('POST', `/jobsets/${jobset}/files`, { token, json })
  expect(parcel.status).toBe(200)
  const frames = await framesOf(parcel.bytes)
  expect(Object.fromEntries(frames.map(({ index, text }) => [paths[index], text]))).toEqual(seen)
  const log = await head.call('GET', '/jobs/1/log?offset=2', { token })
  expect([log.headers.get('x-dist-output'), log.bytes.toString()]).toEqual(['final', seen['stdout.txt']?.slice(2)])
  return seen
}

test('a small result reads the same from its pack and from its folder', async () => {
  await withHead(async (head) => {
    const { token, jobset } = await scene(head)
    await commitSmall(head, attempt, files)
    expect(readdirSync(join(head.folder, 'packs'))).toHaveLength(1)
    const before = await look(head, token, jobset, Object.keys(files))
    expect(before).toEqual(files)
    await placeAll(head)
    expect(readdirSync(join(head.folder, 'packs'))).toHaveLength(0)
    expect(await look(head, token, jobset, Object.keys(files))).toEqual(files)
  })
})

test('a large result reads the same on its way in and from its folder', async () => {
  await withHead(async (head) => {
    const { token, jobset } = await scene(head)
    const out = content(files['stdout.txt'])
    const manifest: Manifest = [
      { kind: 'file', path: 'stdout.txt', size: out.size, mode: 0o644, sha256: out.sha256 as never },
      { kind: 'file', path: 'big.bin', size: big.size, mode: 0o640, sha256: big.sha256 as never },
      { kind: 'folder', path: 'empty' },
      { kind: 'link', path: 'latest', target: 'big.bin' },
    ]
    await ship(head, manifest, { ...out, name: 'stdout.txt' }, { ...big, name: 'big.bin' })
    expect(await commitLarge(head, attempt)).toEqual(manifest)
    const expected = { 'stdout.txt': files['stdout.txt'], 'big.bin': big.data.toString() }
    expect(await look(head, token, jobset, Object.keys(expected))).toEqual(expected)
    await placeAll(head)
    expect(await look(head, token, jobset, Object.keys(expected))).toEqual(expected)
    const folder = join(head.folder, 'results', 'anna', 'sweep', 'one')
    expect(readdirSync(folder).sort()).toEqual(['big.bin', 'empty', 'latest', 'stdout.txt'])
    const link = await head.call('GET', '/jobs/1/files/latest', { token })
    expect([link.code, link.message]).toEqual(['not_found', '"latest" is a link, not a file'])
  })
})

test('a result placed between reading the row and opening the file is found again', async () => {
  await withHead(async (head) => {
    const { token } = await scene(head)
    await commitSmall(head, attempt, files)
    // the row still says pack, the pack is gone: as if placement ended in between
    const row = () => head.store.db.prepare('SELECT location FROM attempt').pluck().get() as string
    const packed = row()
    await placeAll(head)
    head.store.db.prepare('UPDATE attempt SET location = ?').run(packed)
    const answer = head.call('GET', '/jobs/1/files/stdout.txt', { token })
    expect((await answer).code).toBe('not_found')
    head.store.db.prepare("UPDATE attempt SET location = 'incoming'").run()
    expect((await head.call('GET', '/jobs/1/files/stdout.txt', { token })).bytes.toString()).toBe(files['stdout.txt'])
  })
})

test('files that people edited in the result folder are refused by what is wrong with them', async () => {
  await withHead(async (head) => {
    const { token, jobset } = await scene(head)
    await commitSmall(head, attempt, files)
    await placeAll(head)
    const folder = join(head.folder, 'results', 'anna', 'sweep', 'one')
    const get = () => head.call('GET', '/jobs/1/files/out/data.csv', { token })
    appendFileSync(join(folder, 'out', 'data.csv'), '4,5,6\n')
    const longer = await get()
    expect([longer.status, longer.code]).toEqual([422, 'hash_mismatch'])
    expect(longer.message).toMatch(
      /"out\/data.csv" in the head's result folder is not what was committed: it had 6 bytes, it is 12 bytes long now/,
    )
    const wanted = [
      { job: 1, path: 'out/data.csv' },
      { job: 1, path: 'nothing' },
      { job: 1, path: 'stdout.txt' },
    ]
    const parcel = await head.call('POST', `/jobsets/${jobset}/files`, { token, json: { files: wanted } })
    // what is wrong with one file does not stop the others
    expect(await framesOf(parcel.bytes)).toEqual([
      { index: 0, kind: 'problem', text: expect.stringContaining('hash_mismatch') },
      { index: 1, kind: 'problem', text: expect.stringContaining('not_found') },
      { index: 2, kind: 'file', text: files['stdout.txt'] },
    ])
    rmSync(join(folder, 'out'), { recursive: true })
    expect((await get()).code).toBe('not_found')
    writeFileSync(join(head.folder, 'data.csv'), '1,2,3\n')
    symlinkSync(head.folder, join(folder, 'out'))
    expect((await get()).code).toBe('hash_mismatch')
  })
})

test('manifests come page by page, and only of committed jobs', async () => {
  await withHead(async (head) => {
    const { token, jobset } = await scene(head)
    const page = async (query: string) => (await head.call('GET', `/jobsets/${jobset}/results${query}`, { token })).json
    expect(await page('')).toMatchObject({ results: [], more: false })
    const { at } = (await page('')) as { at: number }
    await commitSmall(head, attempt, { 'stdout.txt': 'x' })
    const manifest = [
      { kind: 'file', path: 'stdout.txt', size: 1, mode: 0o644, sha256: content('x').sha256 },
      { kind: 'folder', path: 'empty' },
    ]
    const all = { results: [{ job: 1, index: 0, name: 'one', manifest, removed: false }], more: false, at: expect.any(Number) }
    expect(await page('')).toEqual(all)
    expect(await page('?after=0')).toMatchObject({ results: [] })
    expect(await page('?state=failed')).toMatchObject({ results: [] })
    // only what was committed since; everything when nothing is known of that time
    expect(await page(`?since=${at}`)).toEqual(all)
    const { at: later } = (await page('')) as { at: number }
    expect(later).toBeGreaterThan(at)
    expect(await page(`?since=${later}`)).toEqual({ results: [], more: false, at: later })
    expect(await page(`?since=${later + 100}`)).toEqual(all)
    expect((await head.call('GET', '/jobsets/9/results', { token })).code).toBe('not_found')
  })
})

test('an attempt that is not the result is listed, and its files can be fetched', async () => {
  await withHead(async (head) => {
    const { token, jobset } = await scene(head)
    await commitSmall(head, attempt, { 'stdout.txt': 'failed\n' })
    const list = async () => (await head.call('GET', `/jobsets/${jobset}/attempts`, { token })).json as { attempts: unknown[] }
    expect(await list()).toEqual({ attempts: [], more: false })
    // as if the job had been opened again
    head.store.db.prepare('UPDATE job SET committed_attempt = NULL').run()
    const manifest = expect.arrayContaining([expect.objectContaining({ path: 'stdout.txt', size: 7 })])
    expect(await list()).toEqual({ attempts: [{ attempt, mark: '1', job: 1, index: 0, name: 'one', manifest }], more: false })
    expect((await head.call('GET', '/jobs/1/files/stdout.txt', { token })).code).toBe('not_found')
    expect((await head.call('GET', `/jobs/1/files/stdout.txt?attempt=${attempt}`, { token })).bytes.toString()).toBe('failed\n')
    const json = { files: [{ job: 1, path: 'stdout.txt', attempt }] }
    const parcel = await head.call('POST', `/jobsets/${jobset}/files`, { token, json })
    expect(await framesOf(parcel.bytes)).toEqual([{ index: 0, kind: 'file', text: 'failed\n' }])
    expect((await head.call('GET', `/jobs/1/files/stdout.txt?attempt=${attemptId(9)}`, { token })).code).toBe('not_found')
  })
})

test('paths and jobs that are none are refused', async () => {
  await withHead(async (head) => {
    const { token, jobset } = await scene(head)
    const other = await submit(head, token, 2, 'other')
    await commitSmall(head, attempt, files)
    for (const path of ['nothing', '..%2f..%2fadmin.token', '%2e%2e/admin.token', '/etc/passwd', 'out']) {
      const answer = await head.call('GET', `/jobs/1/files/${path}`, { token })
      expect([path, answer.status, answer.code]).toEqual([path, 404, 'not_found'])
    }
    expect((await head.call('GET', `/jobs/${firstJob(head, other)}/files/stdout.txt`, { token })).message).toMatch(
      /has no committed result yet/,
    )
    expect((await head.call('GET', '/jobs/99/files/stdout.txt', { token })).code).toBe('not_found')
    const json = { files: [{ job: 1, path: 'stdout.txt' }] }
    expect((await head.call('POST', `/jobsets/${other}/files`, { token, json })).code).toBe('not_found')
    expect((await head.call('GET', '/jobs/1/files/stdout.txt?offset=7', { token })).code).toBe('bad_offset')
    expect(jobset).not.toBe(other)
    expect(head.errors).toEqual([])
  })
})
