import { expect, test } from 'vitest'
import { parseJobset } from '../../shared/config/parse-jobset.ts'
import type { Jobset } from '../../shared/model/jobset.ts'
import { parseSet, withParams } from './set-params.ts'

test.each([
  ['a=1.5', { a: 1.5 }],
  ['a=007', { a: 7 }],
  ['a="007"', { a: '007' }],
  ['a=true', { a: true }],
  ['a=~', { a: null }],
  ['a=', { a: null }],
  ["a=''", { a: '' }],
  ['a=[1, x]', { a: [1, 'x'] }],
  ['a={b: 2}', { a: { b: 2 } }],
  ['a=x=y', { a: 'x=y' }],
  ['a = two words', { a: 'two words' }],
])('%s means what it would mean in the file', (word, params) => {
  expect(parseSet([word])).toEqual(params)
})

test.each([
  [['a'], /no name before an equals sign/],
  [['=1'], /no name before an equals sign/],
  [['a=1', 'a=2'], /'a' is set twice/],
  [['a=@x'], /cannot begin with '@'/],
  [['a=[1'], /missing/],
  [['a=99999999999999999999'], /too large to be exact/],
])('%j is refused', (words, message) => {
  expect(() => parseSet(words)).toThrow(message)
})

function jobset(): Jobset<unknown> {
  const text = `meta: {batch_name: b, namespace: n}
params: {alpha: 1, beta: 2}
shell:
  jobs: [{name: own, run: 'true', params: {alpha: 5, gamma: 3}}, {name: plain, run: 'true'}]
`
  const parsed = parseJobset(text, { file: 'jobs.yaml', folder: '/' }).jobset
  if (parsed === null) throw new Error('bad test')
  return parsed
}

test('it beats the jobset and every job, and leaves other params alone', () => {
  const set = withParams(jobset(), { alpha: 9 })
  expect(set.jobset.options.params).toEqual({ alpha: 9, beta: 2 })
  expect(set.jobset.jobs.map((job) => job.options?.params)).toEqual([{ alpha: 9, beta: 2, gamma: 3 }, undefined])
  expect(set.unknown).toEqual([])
})

test('a name that the file does not have is told, with the nearest one', () => {
  expect(withParams(jobset(), { gama: 1, other: 2 }).unknown).toEqual([
    { name: 'gama', near: 'gamma' },
    { name: 'other', near: null },
  ])
})

test('nothing set leaves the jobset as it is', () => {
  const before = jobset()
  expect(withParams(before, {}).jobset).toBe(before)
})

test('in a search it is given to every trial, and it cannot set what the search searches', () => {
  const text = 'meta: {batch_name: b, namespace: n}\nparams: {beta: 2}\nshell:\nsearch: {command: x, params: {x: [1, 2]}}\n'
  const parsed = parseJobset(text, { file: 'jobs.yaml', folder: '/' }).jobset
  if (parsed === null) throw new Error('bad test')
  expect(withParams(parsed, { beta: 3, gamma: 4 }).jobset.search?.options.params).toEqual({ beta: 3, gamma: 4 })
  expect(() => withParams(parsed, { x: 5 })).toThrow('--set x: the search gives it its values')
})
