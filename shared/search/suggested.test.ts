// What an ask/tell program is told of a space, and what its answers mean.
import { expect, test } from 'vitest'
import type { SearchParam } from '../model/domain.ts'
import { typed } from '../model/value.ts'
import { suggestSpace, typedParams } from './suggested.ts'
import { list, uniformDomain } from './test-support.ts'

const params: readonly SearchParam[] = [
  { name: 'x', domain: uniformDomain(0, 5) },
  { name: 'n', domain: { kind: 'int', low: 1, high: 9, log: false, step: 2 } },
  { name: 'k', domain: { kind: 'constant', value: typed('c') } },
  { name: 'z', domain: { kind: 'normal', mean: 0, sd: 1, step: 0.5 } },
  { name: 'c', domain: { kind: 'choice', values: list({ kind: 'float', value: 1 }, { kind: 'tuple', items: [typed(0), typed(1)] }) } },
  { name: 'r', domain: { kind: 'grid', values: { kind: 'range', start: 0, step: 1, count: 3 } } },
]

test('constants stay here, values go as JSON has them', () => {
  expect(suggestSpace(params)).toEqual([
    { name: 'x', kind: 'float', low: 0, high: 5, log: false },
    { name: 'n', kind: 'int', low: 1, high: 9, log: false, step: 2 },
    { name: 'z', kind: 'normal', mean: 0, sd: 1, step: 0.5 },
    { name: 'c', kind: 'choice', values: [1, [0, 1]] },
    { name: 'r', kind: 'choice', values: [0, 1, 2] },
  ])
})

test('a suggestion gets its types back, in the order of the space', () => {
  expect(typedParams(params, { c: [0, 1], x: 3, n: 5, z: -1, r: 2 })).toEqual([
    ['x', { kind: 'float', value: 3 }],
    ['n', { kind: 'int', value: 5 }],
    ['k', { kind: 'text', value: 'c' }],
    ['z', { kind: 'float', value: -1 }],
    [
      'c',
      {
        kind: 'tuple',
        items: [
          { kind: 'int', value: 0 },
          { kind: 'int', value: 1 },
        ],
      },
    ],
    ['r', { kind: 'int', value: 2 }],
  ])
})

test('a suggestion that does not fit is told', () => {
  const good = { c: 1, x: 3, n: 5, z: -1, r: 2 }
  expect(typedParams(params, { ...good, n: 1.5 })).toBe('n was suggested as 1.5, which it cannot be')
  expect(typedParams(params, { ...good, c: 2 })).toContain('c was suggested as 2')
  const { x: _, ...without } = good
  expect(typedParams(params, without)).toContain('x was suggested as undefined')
})
