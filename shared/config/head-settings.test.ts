// head.yaml: what it may say, and every mistake by its place.
import { expect, test } from 'vitest'
import { parseHeadSettings } from './head-settings.ts'

const says = (text: string) => parseHeadSettings(text).settings
const mistakes = (text: string): string[] => {
  const { settings, problems } = parseHeadSettings(text)
  expect(settings).toBeNull()
  return problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)
}

test('a file that says nothing removes and refuses nothing', () => {
  for (const text of ['', '# nothing yet\n', 'retention:\nquota: null\n'])
    expect(says(text)).toEqual({ retention: null, quota: new Map(), python: null })
})

test('retention, quota and the interpreter of optimisers', () => {
  expect(says('retention: {days: 90, attempts_only: true}\nquota:\n  lab: 2TiB\n  anna: 500GiB\n')).toEqual({
    retention: { days: 90, attemptsOnly: true },
    quota: new Map([
      ['lab', 2 * 2 ** 40],
      ['anna', 500 * 2 ** 30],
    ]),
    python: null,
  })
  expect(says('python: /srv/optimisers/bin/python\n')?.python).toBe('/srv/optimisers/bin/python')
  expect(says('retention:\n  days: 7\n')?.retention).toEqual({ days: 7, attemptsOnly: false })
})

test.each([
  ['retention: {dayz: 3}\n', "1:13 retention.dayz: unknown key 'dayz'"],
  ['retention: {attempts_only: true}\n', "1:12 retention: the key 'days' is missing"],
  ['retention: {days: 0}\n', '1:19 retention.days: expected a number of days, 1 to 36500, found a number'],
  ['retention: {days: 1.5}\n', '1:19 retention.days: expected a number of days, 1 to 36500, found a number'],
  ['retention: {days: 3, attempts_only: maybe}\n', '1:37 retention.attempts_only: expected true or false, found text'],
  ['retention: 90\n', '1:12 retention: expected a mapping, found a number'],
  ['quota: 5GiB\n', '1:8 quota: expected a mapping, found text'],
  ['quota: {lab: lots}\n', '1:14 quota.lab: expected an amount of bytes, found text'],
  ['quota: {a/b: 1GiB}\n', "1:9 quota.a/b: 'a/b' is no namespace: a name must not contain '/'"],
  ['retentions: {days: 3}\n', "1:1 retentions: unknown key 'retentions'"],
  ['python: []\n', '1:9 python: expected a program, found a list'],
  ['quota: [1\n', "1:9 : ']' is missing"],
])('%s is a mistake with its place', (text, says) => {
  expect(mistakes(text)[0]).toContain(says)
})
