import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Exit } from '../core/work.ts'
import { collect } from './collect.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-collect-'))
  mkdirSync(join(folder, 'save'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const usage = { wallSeconds: 1, userSeconds: 1, systemSeconds: 0, peakMemory: 1, memorySource: 'rusage' }
const exit: Exit = { status: 0, why: null, outOfMemory: false, usage, output: null, files: null, folders: [], notices: [] }
const { signal } = new AbortController()
const save = (name: string, content: string) => writeFileSync(join(folder, 'save', name), content)

test('what is small rides in the message, although it lies in the folder', async () => {
  writeFileSync(join(folder, 'stdout.txt'), 'printed')
  save('a', 'saved')
  mkdirSync(join(folder, 'save/hollow'))
  const {
    left: { body },
    parcel,
  } = await collect(folder, exit, signal)
  expect(parcel).toBeNull()
  expect(body).toMatchObject({ kind: 'small', output: Buffer.from('printed'), folders: ['hollow'] })
  expect(body.kind === 'small' && body.files.map((file) => file.path)).toEqual(['a'])
})

test('an attempt that left nothing at all has an empty result', async () => {
  rmSync(folder, { recursive: true })
  const {
    left: { body },
  } = await collect(folder, exit, signal)
  expect(body).toMatchObject({ kind: 'small', files: [], folders: [] })
})

test('a link makes a parcel, because a message has no links', async () => {
  save('a', 'x')
  symlinkSync('a', join(folder, 'save/link'))
  const {
    left: { body },
    parcel,
  } = await collect(folder, exit, signal)
  expect(body.kind).toBe('large')
  expect(parcel?.manifest.map((entry) => entry.path)).toEqual(['stdout.txt', 'a', 'link'])
})

test.each([
  ['a file', () => save('stdout.txt', 'x')],
  ['an empty folder', () => mkdirSync(join(folder, 'save/stdout.txt'))],
  ['a link', () => symlinkSync('big', join(folder, 'save/stdout.txt'))],
])('%s named stdout.txt keeps its name, ours gets another', async (_, make) => {
  make()
  save('big', 'x'.repeat(20_000))
  save('stdout.dist.txt', 'mine too')
  const {
    left: { notices },
    parcel,
  } = await collect(folder, exit, signal)
  const paths = parcel?.manifest.map((entry) => entry.path) ?? []
  expect(new Set(paths).size).toBe(paths.length)
  expect(paths[0]).toBe('stdout.dist.2.txt')
  expect(notices.join()).toContain('stdout.dist.2.txt')
})

test('a name with a control character is refused by name, and a thousand refusals are told in brief', async () => {
  for (let i = 0; i < 1000; i++) symlinkSync('/etc', join(folder, 'save', `out${i}`))
  save('bad\nname', 'x')
  const {
    left: { notices },
  } = await collect(folder, exit, signal)
  expect(notices.some((notice) => notice.startsWith('"bad\\nname" was not saved'))).toBe(true)
  expect(notices.length).toBeLessThan(110)
  expect(notices.at(-1)).toContain('more of the same kind')
})
