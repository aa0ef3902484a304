import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FollowedFile } from './followed-file.ts'

let folder: string
let path: string
let file: FollowedFile
const buffer = Buffer.alloc(4)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-followed-'))
  path = join(folder, 'stdout.txt')
  file = new FollowedFile(path, { head: 6, tail: 8 })
})
afterEach(() => {
  file.close()
  rmSync(folder, { recursive: true })
})

function read(): [number, number, string] | null {
  const chunk = file.read(buffer)
  if (chunk === null) return null
  file.seek(chunk.offset + chunk.data.length)
  return [chunk.offset, chunk.skipped, chunk.data.toString()]
}

test('reads behind the writer, never past what is there', () => {
  expect(read()).toBe(null)
  writeFileSync(path, 'abcde')
  expect(read()).toEqual([0, 0, 'abcd'])
  expect(read()).toEqual([4, 0, 'e'])
  expect(read()).toBe(null)
  appendFileSync(path, 'fg')
  expect([read(), read()]).toEqual([
    [5, 0, 'f'],
    [6, 0, 'g'],
  ])
})

test('passes over what may have been punched out, and says how much', () => {
  writeFileSync(path, 'abcdefghijklmnopqrstuvwxyz')
  expect([read(), read()]).toEqual([
    [0, 0, 'abcd'],
    [4, 0, 'ef'],
  ])
  expect([read(), read(), read()]).toEqual([[20, 14, 'uvwx'], [24, 0, 'yz'], null])
})

test('a reader that keeps up misses nothing of a long output', () => {
  writeFileSync(path, '')
  let seen = ''
  for (const piece of ['abcdef', 'ghijkl', 'mnopqr', 'stuvwx']) {
    appendFileSync(path, piece)
    for (let next = read(); next !== null; next = read()) seen += next[2]
  }
  expect(seen).toBe('abcdefghijklmnopqrstuvwx')
})

test('goes on in a file whose name is gone', () => {
  writeFileSync(path, 'ab')
  expect(read()).toEqual([0, 0, 'ab'])
  appendFileSync(path, 'cd')
  rmSync(path)
  expect(read()).toEqual([2, 0, 'cd'])
})
