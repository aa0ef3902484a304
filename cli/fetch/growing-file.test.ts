import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sha256 } from '../../shared/files/digest.ts'
import { GrowingFile } from './growing-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-growing-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const never = new AbortController().signal
const data = Buffer.from(Uint32Array.from({ length: 500_000 }, (_, i) => i * 2_654_435_761).buffer)

test('pieces of any size come out as one file with its hash', async () => {
  const path = join(folder, 'a')
  const file = new GrowingFile(openSync(path, 'w+'), 'a')
  await file.resume(data.length, never)
  let at = 0
  for (let size = 1; at < data.length; size = (size * 7 + 3) % 70_001) {
    const chunk = data.subarray(at, at + size)
    at += chunk.length
    if (file.add(chunk)) await file.write()
    expect(file.have).toBe(at)
  }
  await file.drain()
  await file.close()
  expect(file.digest()).toBe(sha256(data))
  expect(readFileSync(path).equals(data)).toBe(true)
})

test('what was left counts, and what is more than there should be does not', async () => {
  const path = join(folder, 'b')
  writeFileSync(path, data.subarray(0, 1_100_000))
  const file = new GrowingFile(openSync(path, 'r+'), 'b')
  await file.resume(data.length, never)
  expect(file.have).toBe(1_100_000)
  file.add(data.subarray(1_100_000))
  await file.drain()
  await file.close()
  expect(file.digest()).toBe(sha256(data))
  const short = new GrowingFile(openSync(path, 'r+'), 'b')
  await short.resume(1000, never)
  expect(short.have).toBe(0)
  await short.close()
  expect(readFileSync(path)).toHaveLength(0)
})

test('a disk that says no is told with the name of the file', async () => {
  const file = new GrowingFile(openSync('/dev/full', 'r+'), 'job_1/big')
  file.add(data)
  await expect(file.drain()).rejects.toMatchObject({ code: 'disk_full', message: expect.stringContaining('job_1/big') })
  await file.close()
})
