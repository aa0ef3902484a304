import { expect, test } from 'vitest'
import { bashReply, escapeBash, splitBashLine } from './bash-word.ts'

test.each([
  ['dist kill ', ['dist', 'kill', ''], ''],
  ['dist kill anna/sw', ['dist', 'kill', 'anna/sw'], 'anna/sw'],
  ['dist  --head=http://h:1 kill a\\ b', ['dist', '--head=http://h:1', 'kill', 'a b'], 'a\\ b'],
  ['dist kill "a b" \'c d\' e', ['dist', 'kill', 'a b', 'c d', 'e'], 'e'],
  ['dist kill "a\\"b" x', ['dist', 'kill', 'a"b', 'x'], 'x'],
])('%j is split as the shell would', (line, words, raw) => {
  expect(splitBashLine(line)).toEqual({ words, raw })
})

test('in an open quote nothing is offered', () => {
  expect(splitBashLine('dist kill "anna')).toBeNull()
})

test('what bash could see something in gets a backslash', () => {
  expect(escapeBash("$(touch x) `y` 'z' ;&|*?")).toBe("\\$\\(touch\\ x\\)\\ \\`y\\`\\ \\'z\\'\\ \\;\\&\\|\\*\\?")
  expect(escapeBash('anna/sweep_1@2.5-渦')).toBe('anna/sweep_1@2.5-渦')
})

test('bash is given what takes the place of its piece of the word', () => {
  expect(bashReply('--head=http://lab:1', '--head=ht', 'ht')).toBe('http://lab:1')
  expect(bashReply('anna/sweep', 'anna/s', 'anna/s')).toBe('anna/sweep')
  expect(bashReply('bob/sweep', 'anna/s', 'anna/s')).toBeNull()
  expect(bashReply('a b/c', 'a\\ b', 'a\\ b')).toBe('a\\ b/c')
})
