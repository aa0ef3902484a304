import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { walkFolder } from './walk.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dist-walk-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function shown(): string[] {
  return [...walkFolder(root)].map((entry) => {
    const more = entry.kind === 'link' ? ` -> ${entry.target}` : entry.kind === 'folder' ? ` ${entry.empty ? 'empty' : 'full'}` : ''
    return `${entry.kind} ${entry.path}${more}`
  })
}

test('lists a tree in order, a folder before its content', () => {
  mkdirSync(join(root, 'b/deep/er'), { recursive: true })
  mkdirSync(join(root, 'empty'))
  for (const name of ['b/z', 'b/deep/f', 'a', 'b.txt', 'c']) writeFileSync(join(root, name), '')
  expect(shown()).toEqual([
    'file a',
    'folder b full',
    'folder b/deep full',
    'folder b/deep/er empty',
    'file b/deep/f',
    'file b/z',
    'file b.txt',
    'file c',
    'folder empty empty',
  ])
})

test('names of a folder come in order, in whatever order they were made', () => {
  const names = Array.from({ length: 40 }, (_, i) => `f${(i * 17) % 40}`)
  for (const name of names) writeFileSync(join(root, name), '')
  expect([...walkFolder(root)].map((entry) => entry.path)).toEqual(names.toSorted())
})

test('files carry size and permission bits', () => {
  writeFileSync(join(root, 'run.sh'), 'abc', { mode: 0o755 })
  expect([...walkFolder(root)]).toEqual([{ kind: 'file', path: 'run.sh', absolute: join(root, 'run.sh'), size: 3, mode: 0o755 }])
})

test('links are listed, never followed, broken ones too', () => {
  mkdirSync(join(root, 'd'))
  writeFileSync(join(root, 'd/f'), '')
  symlinkSync('d', join(root, 'to-folder'))
  symlinkSync('nowhere', join(root, 'broken'))
  symlinkSync('..', join(root, 'd/up'))
  expect(shown()).toEqual(['link broken -> nowhere', 'folder d full', 'file d/f', 'link d/up -> ..', 'link to-folder -> d'])
})

test('what is neither file, folder nor link is listed as other', () => {
  execFileSync('mkfifo', [join(root, 'pipe')])
  expect(shown()).toEqual(['other pipe'])
})

test('a name that is not UTF-8 is listed as other, with the reason', () => {
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff])]), '')
  const [entry] = [...walkFolder(root)]
  expect(entry).toMatchObject({ kind: 'other', problem: 'EILSEQ' })
})

test('a folder that may not be read is listed as other, with the reason', (context) => {
  context.skip(process.getuid?.() === 0, 'root may read everything')
  mkdirSync(join(root, 'closed'))
  chmodSync(join(root, 'closed'), 0)
  try {
    expect([...walkFolder(root)]).toMatchObject([{ kind: 'other', path: 'closed', problem: 'EACCES' }])
  } finally {
    chmodSync(join(root, 'closed'), 0o700)
  }
})

test('what vanishes meanwhile is left out', () => {
  for (const name of ['a', 'b', 'c']) writeFileSync(join(root, name), '')
  const walk = walkFolder(root)
  expect(walk.next().value).toMatchObject({ path: 'a' })
  rmSync(join(root, 'b'))
  expect(walk.next().value).toMatchObject({ path: 'c' })
})

test('a root that is a file or a link is refused', () => {
  writeFileSync(join(root, 'f'), '')
  symlinkSync('.', join(root, 'l'))
  expect(() => [...walkFolder(join(root, 'f'))]).toThrow(/is not a folder/)
  expect(() => [...walkFolder(join(root, 'l'))]).toThrow(/is not a folder/)
})
