import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Trash } from './trash.ts'

let root = ''
let tasks: Promise<void>[] = []
const run = (task: () => Promise<void>) => {
  tasks.push(task())
}
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dist-trash-'))
  tasks = []
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('what is thrown away is gone at once, and in the end from the disk, folders without write permission too', async () => {
  const trash = new Trash(join(root, 'trash'), run)
  mkdirSync(join(root, 'old/locked'), { recursive: true })
  writeFileSync(join(root, 'old/locked/file'), 'x')
  chmodSync(join(root, 'old/locked'), 0o500)
  trash.discard(join(root, 'old'))
  expect(existsSync(join(root, 'old'))).toBe(false)
  await Promise.all(tasks)
  expect(readdirSync(join(root, 'trash'))).toEqual([])
})

test('what a crash left in the trash goes at the next start; a path that is not there is fine', async () => {
  mkdirSync(join(root, 'trash/rest/deep'), { recursive: true })
  new Trash(join(root, 'trash'), run).discard(join(root, 'nothing'))
  await Promise.all(tasks)
  expect(readdirSync(join(root, 'trash'))).toEqual([])
})
