// The backup as a route: from wherever results lie at that moment, honest about what is missing, never two at once.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../shared/files/digest.ts'
import { openForReading } from '../store/open-database.ts'
import { withHead } from './test-support.ts'
import { content } from './test-support-drafts.ts'
import { files, finishedJobset, readBackup } from './test-support-ops.ts'
import { placeAll } from './test-support-results.ts'

test('results in packs and in folders come the same: as files in their folders, with a database that says so', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    const packed = await readBackup(await head.call('GET', '/backup', { token }))
    await placeAll(head)
    const placed = await readBackup(await head.call('GET', '/backup', { token }))
    const results = ({ files: all }: typeof packed) =>
      [...all].filter(([path]) => /^(results|blobs)/.test(path)).map(([path, data]) => [path, data.toString()])
    expect(results(packed)).toEqual(results(placed))
    expect(Object.fromEntries(results(packed))).toMatchObject({
      'results/anna/sweep1/one/stdout.txt': files['stdout.txt'],
      'results/anna/sweep1/one/out/data.csv': files['out/data.csv'],
    })
    expect(packed.names.at(-1)).toBe('backup.json')
    expect(packed.names).toContain('results/anna/sweep1/one/empty')
    expect(packed.seal).toMatchObject({ files: 3, lackingCount: 0, database: { sha256: sha256(packed.files.get('dist.sqlite') ?? '') } })

    const copy = join(head.folder, 'copy.sqlite')
    writeFileSync(copy, packed.files.get('dist.sqlite') ?? '')
    const db = openForReading(copy)
    expect(db.prepare('SELECT location FROM attempt').pluck().all()).toEqual(['folder'])
    db.close()
  })
})

test('settings and tokens come with it; locks, logs and packs do not', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    writeFileSync(join(head.folder, 'head.yaml'), 'retention: {days: 30}\n')
    writeFileSync(join(head.folder, 'admin.token'), 'secret\n', { mode: 0o600 })
    writeFileSync(join(head.folder, 'head.lock'), '')
    writeFileSync(join(head.folder, 'logs', 'x.log'), 'live')
    const { names } = await readBackup(await head.call('GET', '/backup', { token }))
    expect(names).toEqual(expect.arrayContaining(['admin.token', 'head.yaml']))
    expect(names.filter((name) => /lock|logs|packs|wal|shm/.test(name))).toEqual([])
  })
})

test('what the head lacks is named in the seal, and the rest still comes', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    await placeAll(head)
    rmSync(join(head.folder, 'results/anna/sweep1/one/stdout.txt'))
    const blob = content('print(1)')
    rmSync(head.blobs.pathOf(blob.sha256 as never))
    const { seal } = await readBackup(await head.call('GET', '/backup', { token }))
    expect(seal.lackingCount).toBe(2)
    expect(seal.lacking.map(({ path }) => path)).toEqual([
      `blobs/${blob.sha256.slice(0, 2)}/${blob.sha256}`,
      'results/anna/sweep1/one/stdout.txt',
    ])
    expect(seal.files).toBe(1)
  })
})

test('a second backup and a gc are refused while one is going on; a client that goes away ends it', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    const abort = new AbortController()
    // more than fits into the sockets, so that it is not over by itself
    const big = content(Buffer.alloc(64 << 20, 7))
    const path = head.blobs.pathOf(big.sha256 as never)
    await head.store.run('addBlobs', { blobs: [{ sha256: big.sha256, size: big.size }] })

    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, big.data)
    const first = await fetch(`${head.url}/api/v1/backup`, { headers: { authorization: `Bearer ${token}` }, signal: abort.signal })
    await first.body?.getReader().read()
    expect(await head.call('GET', '/backup', { token })).toMatchObject({
      status: 503,
      code: 'unavailable',
      message: expect.stringContaining('a backup is going on'),
    })
    expect((await head.call('POST', '/gc', { token, json: {} })).message).toContain('a backup is going on')
    abort.abort()
    await expect.poll(async () => (await head.call('POST', '/gc', { token, json: { dry: true } })).status).toBe(200)
    expect((await readBackup(await head.call('GET', '/backup', { token }))).seal.lackingCount).toBe(0)
  })
})
