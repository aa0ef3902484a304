import { expect, test } from 'vitest'
import { DistError } from '../../shared/base/errors.ts'
import { parseSelector } from './selector.ts'

test('one, two and three parts are told apart', () => {
  expect(parseSelector('sweep')).toEqual({ kind: 'batch', batch: 'sweep' })
  expect(parseSelector('anna/sweep')).toEqual({ kind: 'pair', first: 'anna', second: 'sweep' })
  expect(parseSelector('anna/sweep/job_1')).toEqual({ kind: 'triple', namespace: 'anna', batch: 'sweep', job: 'job_1' })
})

test('the jobset submitted last has a word of its own', () => {
  expect(parseSelector('last')).toEqual({ kind: 'last', job: null })
  expect(parseSelector('last/job_1')).toEqual({ kind: 'last', job: 'job_1' })
  expect(parseSelector('anna/last')).toEqual({ kind: 'pair', first: 'anna', second: 'last' })
})

test.each(['', '/', 'a//b', '../x', 'a/./b', 'a/b/c/d'])('%j names nothing', (text) => {
  expect(() => parseSelector(text)).toThrow(DistError)
})
