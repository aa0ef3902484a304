import { expect, test } from 'vitest'
import { hasWildcard, matchesWildcard } from './wildcard.ts'

test.each([
  ['job_*', 'job_12', true],
  ['job_*', 'my_job_1', false],
  ['*', '', true],
  ['*_1', 'a_1_1', true],
  ['re?100', 're_100', true],
  ['re?100', 're100', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['?', '日', true],
  ['plain', 'plain', true],
  ['plain', 'plainer', false],
])('%j against %j is %s', (pattern, text, fits) => {
  expect(matchesWildcard(pattern, text)).toBe(fits)
})

test('only stars and question marks make a pattern', () => {
  expect(['a*', '?', 'a.b', 'a[b]'].map(hasWildcard)).toEqual([true, true, false, false])
})

test('a pattern of many stars ends soon on a text that nearly fits', () => {
  expect(matchesWildcard(`${'*a'.repeat(60)}b`, 'a'.repeat(128))).toBe(false)
})
