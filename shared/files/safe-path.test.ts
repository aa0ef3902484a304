import { expect, test } from 'vitest'
import { linkStaysInside, pathProblem, safeSegments } from './safe-path.ts'

test('plain relative paths are taken apart', () => {
  expect(safeSegments('a/b c/ü.txt')).toEqual(['a', 'b c', 'ü.txt'])
})

test.each([
  ['', 'empty'],
  ['/etc/passwd', 'absolute'],
  ['a/../b', "'..'"],
  ['./a', "'.'"],
  ['a//b', 'empty part'],
  ['a/', 'empty part'],
  ['a\\b', 'backslash'],
  ['a\0b', 'control character'],
  ['a\nb', 'control character'],
  [`${'x'.repeat(256)}`, 'longer than 255'],
  [`${'x/'.repeat(600)}x`, 'longer than 1024'],
])('%j is refused', (path, why) => {
  expect(pathProblem(path)).toContain(why)
  expect(() => safeSegments(path)).toThrow(/unsafe path/)
})

test.each([
  ['link', 'file', true],
  ['sub/link', '../file', true],
  ['link', 'sub/deep/file', true],
  ['link', '..', false],
  ['sub/link', '../../file', false],
  ['link', '/etc/passwd', false],
  ['link', '', false],
  // through another link, a `..` behind a name leads anywhere
  ['link', 'd/d/../..', false],
  ['sub/link', 'd/../x', false],
])('a link %s -> %s stays inside: %s', (path, target, inside) => {
  expect(linkStaysInside(path, target)).toBe(inside)
})
