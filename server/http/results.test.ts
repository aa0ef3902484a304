// Committed results wherever they lie: in a pack, on their way in, in their folder; and while they move.
import { appendFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readTar } from '../../shared/files/tar-extract.ts'
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
  const tar = await head.call('POST', `/jobsets/${jobset}/files`, { token, json })
  expect(tar.status).toBe(200)
  const packed: Record<string, string> = {}
  await readTar(Readable.from([tar.bytes]), async (entry, body) => {
    const chunks: Buffer[] = []
    for await (const chunk of body) chunks.push(chunk)
    packed[entry.path.replace(/^one\//, '')] = Buffer.concat(chunks).toString()
  })
  expect(packed).toEqual(seen)
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
    const tar = await head.call('POST', `/jobsets/${jobset}/files`, { token, json: { files: [{ job: 1, path: 'out/data.csv' }] } })
    expect(tar.code).toBe('hash_mismatch')
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
    expect(await page('')).toEqual({ results: [], more: false })
    await commitSmall(head, attempt, { 'stdout.txt': 'x' })
    const manifest = [
      { kind: 'file', path: 'stdout.txt', size: 1, mode: 0o644, sha256: content('x').sha256 },
      { kind: 'folder', path: 'empty' },
    ]
    expect(await page('')).toEqual({ results: [{ job: 1, index: 0, name: 'one', manifest, removed: false }], more: false })
    expect(await page('?after=0')).toEqual({ results: [], more: false })
    expect(await page('?state=failed')).toEqual({ results: [], more: false })
    expect((await head.call('GET', '/jobsets/9/results', { token })).code).toBe('not_found')
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
