import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { parseJobset } from '../../shared/config/parse-jobset.ts'
import type { SearchParam } from '../../shared/model/domain.ts'
import { spaceDiff } from './space-diff.ts'

function space(params: string, algorithm = 'grid'): readonly SearchParam[] {
  const text = `meta: {batch_name: b, namespace: n}\nshell:\nsearch:\n  command: 'true'\n  algorithm: ${algorithm}\n  params: ${params}\n`
  const { jobset, problems } = parseJobset(text, { file: 'x.yaml', folder: dirname('/x') })
  if (jobset?.search === undefined) throw new Error(JSON.stringify(problems))
  return jobset.search.params
}

test('the same space in other words is the same', () => {
  const words = space('{a: [1, 2, 3], "nmda.PYR->BC": {uniform: [0, 1]}, c: 5.0}')
  expect(spaceDiff(words, space('{a: {grid: [1, 2, 3]}, "nmda.PYR->BC": {uniform: [0.0, 1.0]}, c: {constant: 5.0}}'))).toEqual([])
})

test('what was changed, added and taken away, a line each', () => {
  const there = space('{a: [1, 2], b: {linspace: [0, 1, 5]}, c: {int: [1, 9], step: 2}, d: 3, e: {normal: [0, 1]}}')
  const file = space('{a: [1, 2.0], b: {linspace: [0, 1, 6]}, c: {int: [1, 9], step: 2}, d: 3.0, f: {loguniform: [0.1, 10]}}')
  expect(spaceDiff(there, file)).toEqual([
    '- a: [1, 2]',
    '+ a: [1, 2.0]',
    '- b: {linspace: [0, 1, 5]}',
    '+ b: {linspace: [0, 1, 6]}',
    '- d: 3',
    '+ d: 3.0',
    '- e: {normal: [0, 1]}',
    '+ f: {uniform: [0.1, 10], log: true}',
  ])
})

test('another order is another space', () => {
  expect(spaceDiff(space('{a: [1, 2], b: [3, 4]}'), space('{b: [3, 4], a: [1, 2]}'))).toEqual([
    '- in this order: a, b',
    '+ in this order: b, a',
  ])
})

test('every kind of domain is told apart from its neighbours', () => {
  const domains = [
    '[1, 2, 3]',
    '{choice: [1, 2, 3]}',
    '{range: 4}',
    '{range: [0, 4, 2]}',
    '{arange: [0, 1, 0.25]}',
    '{logspace: [0, 3, 4]}',
    '{logspace: [0, 3, 4], base: 2}',
    '{coupled: [[0, 0], [1, 1]]}',
    '{constant: {a: 1}}',
    '{uniform: [0, 1], step: 0.1}',
    '{uniform: [0, 1]}',
    '{normal: [0, 1], step: 0.5}',
    '{int: [1, 10], log: true}',
    'text',
    'true',
  ]
  for (const one of domains) {
    for (const other of domains)
      expect([one, other, spaceDiff(space(`{x: ${one}}`), space(`{x: ${other}}`)).length]).toEqual([one, other, one === other ? 0 : 2])
  }
})
