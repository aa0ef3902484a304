// What nodes send: manifests and files of large results, live output; resumed, hostile, not theirs.
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { settleUpload } from '../results/upload-fate.ts'
import { resultPlaces } from '../store/reads/result-places.ts'
import { startHead, type TestHead, tempFolder, withHead } from './test-support.ts'
import { type Content, content, submit, tarOf } from './test-support-drafts.ts'
import { attemptId, claim, commitLarge, firstJob, node, placeAll } from './test-support-results.ts'

const attempt = attemptId(1)
const token = 'bearer'

function entry(path: string, of: Content, mode = 0o644) {
  return { kind: 'file', path, size: of.size, mode, sha256: of.sha256 }
}

async function withClaim(body: (head: TestHead) => Promise<void>): Promise<void> {
  await withHead(async (head) => {
    await submit(head, await head.token('user', 'anna'), 1, 'sweep')
    head.bearers.set(token, node)
    head.bearers.set('other', 'node2')
    await claim(head, 1, attempt)
    await body(head)
  })
}

const putManifest = (head: TestHead, manifest: object[], bearer = token) =>
  head.call('PUT', `/attempts/${attempt}/manifest`, { token: bearer, json: { manifest } })
const putFiles = (head: TestHead, raw: Uint8Array) =>
  head.call('PUT', `/attempts/${attempt}/files`, { token, raw, type: 'application/x-tar' })
const putLog = (head: TestHead, offset: number, raw: string) =>
  head.call('PUT', `/attempts/${attempt}/log?offset=${offset}&number=0`, { token, raw, type: 'application/octet-stream' })

test('only bytes that the head cannot have are asked for', async () => {
  await withClaim(async (head) => {
    const [a, b, input] = [content('first'), content('second'), content('print(1)')]
    const manifest = [entry('a.txt', a), entry('copy/a.txt', a, 0o755), entry('b.txt', b), entry('job.py', input)]
    expect((await putManifest(head, manifest)).json).toEqual({ missing: ['a.txt', 'b.txt'] })
    expect((await putFiles(head, await tarOf({ ...a, name: 'a.txt' }))).json).toEqual({ missing: ['b.txt'] })
    expect((await putManifest(head, manifest)).json).toEqual({ missing: ['b.txt'] })
    await expect(head.incoming.complete(attempt)).rejects.toMatchObject({ code: 'incomplete' })
    expect((await putFiles(head, await tarOf({ ...b, name: 'b.txt' }))).json).toEqual({ missing: [] })
    await commitLarge(head, attempt)
    const folder = join(head.folder, 'results', '.incoming', attempt)
    expect(readFileSync(join(folder, 'copy', 'a.txt'), 'utf8')).toBe('first')
    expect(lstatSync(join(folder, 'copy', 'a.txt')).mode & 0o777).toBe(0o755)
    expect(readFileSync(join(folder, 'job.py'), 'utf8')).toBe('print(1)')
  })
})

test('a head that was killed goes on with what is whole, and hashes it again', async () => {
  const folder = tempFolder()
  let head = await startHead(folder)
  await submit(head, await head.token('user', 'anna'), 1, 'sweep')
  await claim(head, 1, attempt)
  head.bearers.set(token, node)
  const [a, b, c] = [content('first'), content('second'), content('third')]
  const manifest = [entry('a.txt', a), entry('b.txt', b), entry('c.txt', c)]
  await putManifest(head, manifest)
  await putFiles(head, await tarOf({ ...a, name: 'a.txt' }, { ...b, name: 'b.txt' }))
  await head.close()
  const incoming = join(folder, 'results', '.incoming')
  writeFileSync(join(incoming, attempt, 'b.txt'), 'sEcond')
  writeFileSync(join(incoming, `${attempt}.part-1`), 'torn')
  writeFileSync(join(incoming, `.${attempt}.manifest.json.4711.tmp`), '[')
  head = await startHead(folder)
  head.bearers.set(token, node)
  expect(readdirSync(incoming).sort()).toEqual([attempt, `${attempt}.manifest.json`])
  expect((await putManifest(head, manifest)).json).toEqual({ missing: ['b.txt', 'c.txt'] })
  await head.close()
  rmSync(folder, { recursive: true })
})

test('another manifest makes what was sent worthless, but not once the result is complete', async () => {
  await withClaim(async (head) => {
    const [a, b] = [content('first'), content('second')]
    await putManifest(head, [entry('a.txt', a)])
    await putFiles(head, await tarOf({ ...a, name: 'a.txt' }))
    expect((await putManifest(head, [entry('a.txt', a), entry('b.txt', b)])).json).toEqual({ missing: ['a.txt', 'b.txt'] })
    await putManifest(head, [entry('a.txt', a)])
    await putFiles(head, await tarOf({ ...a, name: 'a.txt' }))
    await head.incoming.complete(attempt)
    expect((await putManifest(head, [entry('b.txt', b)])).code).toBe('superseded')
    expect((await putManifest(head, [entry('a.txt', a)])).json).toEqual({ missing: [] })
  })
})

test('an attempt of another node, and one that is committed, take nothing', async () => {
  await withClaim(async (head) => {
    const a = content('first')
    expect((await putManifest(head, [entry('a.txt', a)], 'other')).code).toBe('superseded')
    await putManifest(head, [])
    await commitLarge(head, attempt)
    expect((await putManifest(head, [entry('a.txt', a)])).status).toBe(409)
    expect((await putFiles(head, await tarOf())).code).toBe('superseded')
    expect((await putLog(head, 0, 'x')).code).toBe('superseded')
  })
})

test('what is sent again while the result is committed and placed leaves nothing', async () => {
  await withClaim(async (head) => {
    // the head has this content as an input, so that it writes the file by itself
    const manifest = [entry('job.py', content('print(1)'))]
    expect((await putManifest(head, manifest)).json).toEqual({ missing: [] })
    const put = head.incoming.putManifest.bind(head.incoming)
    head.incoming.putManifest = async (id, again) => {
      await commitLarge(head, attempt)
      head.incoming.forget(attempt)
      await placeAll(head)
      return put(id, again)
    }
    expect((await putManifest(head, manifest)).json).toEqual({ missing: [] })
    expect(readdirSync(join(head.folder, 'results', '.incoming'))).toEqual([])
    expect(readFileSync(join(head.folder, 'results/anna/sweep/one/job.py'), 'utf8')).toBe('print(1)')
  })
})

test('what came of a result that its node gave up again goes with its verdict, what is committed stays', async () => {
  await withClaim(async (head) => {
    const incoming = join(head.folder, 'results', '.incoming')
    const places = resultPlaces(head.store.reads)
    await putManifest(head, [entry('job.py', content('print(1)'))])
    await head.store.run('giveBack', { items: [{ attempt, node, reason: 'its launcher died' }] })
    settleUpload(attempt, head.incoming, places)
    expect(readdirSync(incoming)).toEqual([])
    const again = attemptId(2)
    await claim(head, firstJob(head, 1), again)
    await head.call('PUT', `/attempts/${again}/manifest`, { token, json: { manifest: [entry('job.py', content('print(1)'))] } })
    await commitLarge(head, again)
    settleUpload(again, head.incoming, places)
    expect(readdirSync(incoming).sort()).toEqual([again, `${again}.manifest.json`])
  })
})

const x = content('x')
const hostile: readonly (readonly [string, object[], string])[] = [
  ['a path that leads up', [entry('../x', x)], 'bad_path'],
  ['a path that leads up inside', [entry('a/../../x', x)], 'bad_path'],
  ['an absolute path', [entry('/etc/x', x)], 'bad_path'],
  ['an empty path', [entry('', x)], 'bad_path'],
  ['a NUL', [entry('a\0b', x)], 'bad_path'],
  ['a backslash', [entry('a\\b', x)], 'bad_path'],
  ['a part of 300 bytes', [entry('a'.repeat(300), x)], 'bad_path'],
  ['a path of 2000 bytes', [entry('a/'.repeat(1000), x)], 'bad_request'],
  ['a path twice', [entry('a', x), entry('a', x)], 'bad_request'],
  ['a file below a file', [entry('a', x), entry('a/b', x)], 'bad_request'],
  ['a file below a link', [{ kind: 'link', path: 'a', target: 'b' }, entry('a/b', x)], 'bad_request'],
  ['a file and a folder of one name', [entry('a', x), { kind: 'folder', path: 'a' }], 'bad_request'],
  ['a link that leads out', [{ kind: 'link', path: 'a', target: '../../x' }], 'bad_path'],
  ['an absolute link', [{ kind: 'link', path: 'a', target: '/etc/passwd' }], 'bad_path'],
  ['a device', [{ kind: 'device', path: 'a' }], 'bad_request'],
  ['a negative size', [{ ...entry('a', x), size: -1 }], 'bad_request'],
  ['a setuid mode', [{ ...entry('a', x), mode: 0o4755 }], 'bad_request'],
  ['a hash that is a path', [{ ...entry('a', x), sha256: '../../../../etc/passwd' }], 'bad_request'],
]

test.for(hostile)('a manifest with %s is refused', async ([, manifest, code]) => {
  await withClaim(async (head) => {
    expect((await putManifest(head, manifest)).code).toBe(code)
    expect(readdirSync(join(head.folder, 'results', '.incoming'))).toEqual([])
  })
})

const badTars: readonly (readonly [string, () => Promise<Buffer>, string])[] = [
  ['a file that the manifest does not have', () => tarOf({ ...x, name: 'other' }), 'bad_archive'],
  ['another size', () => tarOf({ ...content('xx'), name: 'a/b' }), 'hash_mismatch'],
  ['other bytes', () => tarOf({ ...content('y'), name: 'a/b' }), 'hash_mismatch'],
  ['a path that leads out', () => tarOf({ ...x, name: '../a/b' }), 'bad_path'],
  ['no end', async () => (await tarOf({ ...x, name: 'a/b' })).subarray(0, 512), 'bad_archive'],
]

test.for(badTars)('files with %s are refused and leave nothing', async ([, make, code]) => {
  await withClaim(async (head) => {
    await putManifest(head, [entry('a/b', x)])
    expect((await putFiles(head, await make())).code).toBe(code)
    expect(existsSync(join(head.folder, 'results', '.incoming', attempt, 'a', 'b'))).toBe(false)
    expect(readdirSync(join(head.folder, 'results', '.incoming')).filter((name) => name.includes('.part'))).toEqual([])
    expect((await putFiles(head, await tarOf({ ...x, name: 'a/b' }))).json).toEqual({ missing: [] })
  })
})

test('live output grows by its offsets, skips what it has and is read from any offset', async () => {
  await withClaim(async (head) => {
    const reader = await head.token('observer')
    const read = async (offset: number) => {
      const answer = await head.call('GET', `/jobs/1/log?offset=${offset}`, { token: reader })
      return [answer.headers.get('x-dist-output'), answer.bytes.toString()]
    }
    expect(await read(0)).toEqual(['live', ''])
    expect((await putLog(head, 0, 'hello ')).json).toEqual({ have: 6 })
    expect((await putLog(head, 0, 'hello ')).json).toEqual({ have: 6 })
    expect((await putLog(head, 4, 'o world')).json).toEqual({ have: 11 })
    const gap = await putLog(head, 20, 'x')
    expect([gap.status, gap.json['error']]).toEqual([409, expect.objectContaining({ code: 'bad_offset', ids: { have: 11 } })])
    expect(await read(0)).toEqual(['live', 'hello world'])
    expect(await read(6)).toEqual(['live', 'world'])
    expect(await read(99)).toEqual(['live', ''])
  })
})

test('of live output above its cap the middle goes, and a reply tells where it begins', async () => {
  await withClaim(async (head) => {
    expect((await putLog(head, 0, 'x'.repeat(1500))).json).toEqual({ have: 1500 })
    expect((await putLog(head, 1500, 'y'.repeat(10))).json).toEqual({ have: 1510 })
    expect(head.logs.sizeOf(attempt)).toBeLessThan(1130)
    const token = await head.token('user', 'anna3')
    const read = async (offset: number) => {
      const answer = await head.call('GET', `/jobs/1/log?offset=${offset}`, { token })
      return [answer.headers.get('x-dist-from'), answer.headers.get('x-dist-size'), answer.bytes.length]
    }
    expect(await read(0)).toEqual(['0', '1510', 500])
    expect(await read(500)).toEqual(['1000', '1510', 125])
    expect(await read(1505)).toEqual(['1505', '1510', 5])
    expect((await putLog(head, 0, 'z'.repeat(2 << 20))).code).toBe('too_large')
  })
})

test('a node reads the inputs of its work, one or many, and no others', async () => {
  await withClaim(async (head) => {
    const anna = await head.token('user', 'anna2')
    await submit(head, anna, 2, 'other')
    const [mine, foreign] = [content('print(1)'), content('print(2)')]
    const get = (of: Content, bearer: string, query = '') => head.call('GET', `/blobs/${of.sha256}${query}`, { token: bearer })
    expect((await get(mine, token)).bytes.toString()).toBe('print(1)')
    expect((await get(mine, token, '?offset=5')).bytes.toString()).toBe('(1)')
    expect((await get(mine, token, '?offset=50')).code).toBe('bad_offset')
    expect((await get(foreign, token)).code).toBe('not_found')
    expect((await get(mine, 'other')).code).toBe('not_found')
    const many = (blobs: string[]) => head.call('POST', '/blobs/fetch', { token, json: { blobs } })
    expect((await many([mine.sha256])).bytes.subarray(512, 520).toString()).toBe('print(1)')
    expect((await many([mine.sha256, foreign.sha256])).code).toBe('not_found')
  })
})
