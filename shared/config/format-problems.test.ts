import { expect, test } from 'vitest'
import { formatProblems } from './format-problems.ts'
import type { Problem } from './problem.ts'

const problem = (more: Partial<Problem>): Problem => ({ severity: 'error', line: 1, column: 1, path: '', message: 'wrong', ...more })

test('a problem is told with its place, its line, a caret and a hint', () => {
  const text = 'meta:\n  batch_name: a/b\n'
  expect(
    formatProblems([problem({ line: 2, column: 15, path: 'meta.batch_name', message: 'no slash', hint: 'write a_b' })], text, 'jobs.yaml'),
  ).toBe(['jobs.yaml:2:15: meta.batch_name: no slash', '    batch_name: a/b', '                ^', '  hint: write a_b', ''].join('\n'))
})

test('warnings and notices say that they are no errors', () => {
  const text = formatProblems([problem({ severity: 'warning', path: 'a' }), problem({ severity: 'notice' })], 'x', 'f')
  expect(text).toBe('f:1:1: warning: a: wrong\n  x\n  ^\nf:1:1: notice: wrong\n  x\n  ^\n')
})

test('a long line is shown around the place', () => {
  const line = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`
  const [, shown, caret] = formatProblems([problem({ column: 501 })], line, 'f').split('\n')
  expect(shown?.length).toBeLessThan(130)
  expect(shown).toMatch(/^ {2}…a+HERE/)
  expect(shown?.slice(caret?.indexOf('^'))).toMatch(/^HEREb+…$/)
})

test('tabs and characters outside of the basic plane do not move the caret', () => {
  const line = '\t"😀": x'
  const [, shown, caret] = formatProblems([problem({ column: line.indexOf('x') + 1 })], line, 'f').split('\n')
  expect([...(shown ?? '')].indexOf('x')).toBe(caret?.indexOf('^'))
})

test('control characters of the file do not reach the terminal', () => {
  const text = formatProblems([problem({ message: "bad '\u001b[31m'", path: 'a\u0007', hint: '\u009b2J' })], '\u001b[2Jx', 'f')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
})

test('a place beyond the text, an empty line and a Windows line are fine', () => {
  expect(formatProblems([problem({ line: 9, column: 9 })], 'a', 'f')).toBe('f:9:9: wrong\n')
  expect(formatProblems([problem({})], '\r\n', 'f')).toBe('f:1:1: wrong\n')
  expect(formatProblems([problem({})], 'a\r\n', 'f')).toBe('f:1:1: wrong\n  a\n  ^\n')
})

test('colour only when asked for', () => {
  expect(formatProblems([problem({})], 'a', 'f', { colour: true })).toBe(
    '\u001b[1mf:1:1:\u001b[0m \u001b[31mwrong\u001b[0m\n  a\n  \u001b[32m^\u001b[0m\n',
  )
})

test('after fifty problems the rest is counted', () => {
  const many = Array.from({ length: 53 }, () => problem({}))
  expect(formatProblems(many, '', 'f').split('\n').slice(49)).toEqual(['f:1:1: wrong', 'f: … and 3 more problems', ''])
  expect(formatProblems([], '', 'f')).toBe('')
})
