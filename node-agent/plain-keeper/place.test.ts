import { linkSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/support/keeper-harness.ts'
import { isProved, type Known, placeFile } from './place.ts'
import type { Wanted } from './plan.ts'

function scene(content: string): { readonly path: string; readonly want: Wanted; readonly folder: string } {
  const folder = temporaryFolder()
  const source = join(folder, 'blob')
  writeFileSync(source, content)
  return { folder, path: join(folder, 'file'), want: { sha256: 's', mode: 0o644, source, how: 'c' } }
}

/** What would be remembered of a file that is there. */
function knownOf(path: string): Known {
  const { ino, ctimeNs, size, mode } = lstatSync(path, { bigint: true })
  return { inode: ino, changed: ctimeNs, size, mode, sha256: 's' }
}

test('a change within the tick of the clock is found by comparing contents', () => {
  const { path, want } = scene('alpha')
  placeFile(path, want)
  // the stat of the changed file is what was remembered: what a coarse clock does
  writeFileSync(path, 'ALPHA')
  const known = knownOf(path)
  expect(isProved(path, want, known, known.changed - 1n)).toBe(false)
  // the control: a ctime that is old enough counts as proof
  expect(isProved(path, want, known, known.changed)).toBe(true)
})

test('an unchanged file is proved, of another content or mode it is not', () => {
  const { path, want } = scene('alpha')
  const known = placeFile(path, want)
  expect(isProved(path, want, known, 0n)).toBe(true)
  expect(isProved(path, { ...want, sha256: 't' }, known, known.changed)).toBe(false)
  expect(isProved(path, { ...want, mode: 0o755 }, known, known.changed)).toBe(false)
  expect(isProved(path, { ...want, how: 'm' }, known, 0n)).toBe(false)
})

test('a small file is written in place, but never through another name or a link', () => {
  const { folder, path, want } = scene('new')
  writeFileSync(path, 'longer than before')
  const { ino } = statSync(path)
  placeFile(path, want)
  expect([readFileSync(path, 'utf8'), statSync(path).ino]).toEqual(['new', ino])
  writeFileSync(join(folder, 'other'), 'mine')
  for (const make of [() => linkSync(join(folder, 'other'), join(folder, 'a')), () => symlinkSync('other', join(folder, 'b'))]) make()
  for (const name of ['a', 'b']) placeFile(join(folder, name), want)
  expect(['a', 'b', 'other'].map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['new', 'new', 'mine'])
  expect(lstatSync(join(folder, 'b')).isSymbolicLink()).toBe(false)
})

test('a file over 64 KiB, an empty one and one where a folder was', () => {
  const large = scene('x'.repeat(70_000))
  placeFile(large.path, large.want)
  expect(readFileSync(large.path, 'utf8')).toBe('x'.repeat(70_000))
  const none = scene('')
  mkdirSync(join(none.path, 'deep'), { recursive: true })
  placeFile(none.path, none.want)
  expect(readFileSync(none.path, 'utf8')).toBe('')
  expect(statSync(none.path).mode & 0o777).toBe(0o644)
})
