import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sha256 } from '../../shared/files/digest.ts'
import { BlobCache } from './cache.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dist-cache-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const data = Buffer.from('content')
const blob = { sha256: sha256(data), size: data.length }
const afterBoot = 0
const beforeBoot = Date.now() + 1e9

test('a blob that was stored is not missing, also for the next agent', async () => {
  const cache = new BlobCache(root, afterBoot)
  expect(await cache.missing([blob, blob])).toEqual([blob])
  cache.store(blob.sha256, data)
  expect(await cache.missing([blob])).toEqual([])
  expect(await new BlobCache(root, afterBoot).missing([blob])).toEqual([])
})

test('a content that is not what its name says is refused', async () => {
  const cache = new BlobCache(root, afterBoot)
  expect(() => cache.store(blob.sha256, Buffer.from('other'))).toThrow(expect.objectContaining({ code: 'hash_mismatch' }))
  writeFileSync(cache.partPath(blob.sha256), 'other')
  await expect(cache.adopt(blob.sha256, new AbortController().signal)).rejects.toMatchObject({ code: 'hash_mismatch' })
  expect(await cache.missing([blob])).toEqual([blob])
})

test('a blob from before the last boot is hashed once more: a power cut may have emptied it', async () => {
  const before = new BlobCache(root, afterBoot)
  before.store(blob.sha256, data)
  expect(await new BlobCache(root, beforeBoot).missing([blob])).toEqual([])
  writeFileSync(before.path(blob.sha256), Buffer.alloc(data.length))
  expect(await new BlobCache(root, beforeBoot).missing([blob])).toEqual([blob])
})

test('a name that is no hash is refused', () => {
  expect(() => new BlobCache(root, afterBoot).path('../x')).toThrow(expect.objectContaining({ code: 'bad_path' }))
})
