import { expect, test } from 'vitest'
import { DistError } from '../../shared/base/errors.ts'
import { parseSelector } from './selector.ts'

test('one, two and three parts are told apart', () => {
  expect(parseSelector('sweep')).toEqual({ kind: 'batch', batch: 'sweep' })
  expect(parseSelector('anna/sweep')).toEqual({ kind: 'pair', first: 'anna', second: 'sweep' })
  expect(parseSelector('anna/sweep/job_1')).toEqual({ kind: 'triple', namespace: 'anna', batch: 'sweep', job: 'job_1' })
})

test.each(['', '/', 'a//b', '../x', 'a/./b', 'a/b/c/d'])('%j names nothing', (text) => {
  expect(() => parseSelector(text)).toThrow(DistError)
})
