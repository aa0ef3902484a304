import { expect, test } from 'vitest'
import { DistError } from '../base/errors.ts'
import { compilePattern } from './pattern.ts'

test.each([
  ['\\.csv$', 'job_1/a.csv', true],
  ['\\.csv$', 'job_1/a.csv.gz', false],
  ['^job_[0-9]+/', 'job_12/x', true],
  ['^job_[0-9]+/', 'a/job_12/x', false],
  ['ü', 'größe/ü', true],
  ['', 'anything', true],
])('%s in %s: %s', (pattern, path, matches) => {
  expect(compilePattern(pattern).test(path)).toBe(matches)
})

test.each([
  ['*.csv', "for 'anything' write .* instead of *"],
  ['a/*(', "for 'anything' write .* instead of *"],
  ['(?!x)', 'look-around and back-references do not exist here (RE2 syntax)'],
  ['(a)\\1', 'look-around and back-references do not exist here (RE2 syntax)'],
  ['(', 'see https://github.com/google/re2/wiki/Syntax'],
])('%s is refused with a hint', (pattern, hint) => {
  expect.assertions(3)
  try {
    compilePattern(pattern)
  } catch (error) {
    if (!(error instanceof DistError)) throw error
    expect(error.code).toBe('usage')
    expect(error.message).toContain(`${JSON.stringify(pattern)} is no regular expression: `)
    expect(error.hint).toBe(hint)
  }
})

test('a pattern that is too long is refused', () => {
  expect(() => compilePattern('a'.repeat(1001))).toThrow(/at most 1000 letters/)
})

test('a pattern that would take a backtracking engine for ever is quick', () => {
  const before = performance.now()
  expect(compilePattern('^(a+)+$').test(`${'a'.repeat(5000)}b`)).toBe(false)
  expect(performance.now() - before).toBeLessThan(2000)
})
