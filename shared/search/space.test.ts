// Which trials a space has, and in which order: the examples of the documents, then the rest.
import { expect, test } from 'vitest'
import type { Sequence } from '../model/domain.ts'
import { plain, typed, type Value } from '../model/value.ts'
import { drawAt } from './draw.ts'
import { normalQuantile } from './normal.ts'
import { sequenceAt } from './sequence.ts'
import { newSpace } from './space.ts'
import { bare, grid, list, searchSpec, uniformDomain } from './test-support.ts'

const rosenbrock = (x0: number, x1: number): number => 100 * (x1 - x0 ** 2) ** 2 + (1 - x0) ** 2

function all(spec: ReturnType<typeof searchSpec>, seed = 1): readonly (readonly unknown[])[] {
  const space = newSpace(spec, seed)
  const blocks = [spec.numSamples]
  return Array.from({ length: space.total(blocks) }, (_, index) => bare(space.params(index, blocks)))
}

const tuple = (...items: readonly number[]): Value => ({ kind: 'tuple', items: items.map(typed) })
const range = (count: number): Sequence => ({ kind: 'range', start: 0, step: 1, count })

test('the basic Rosenbrock grid is in the order of the document', () => {
  const points = all(searchSpec({ params: ['x0', 'x1'].map((name) => ({ name, domain: grid(0, 3) })) }))
  expect(points).toEqual([
    [0, 0],
    [0, 3],
    [3, 0],
    [3, 3],
  ])
  expect(points.map(([x0, x1]) => rosenbrock(Number(x0), Number(x1)))).toEqual([1, 901, 8104, 3604])
})

test('coupled parameters go together', () => {
  const points = all(searchSpec({ params: [{ name: 'x0_x1', domain: grid(tuple(0, 0), tuple(1, 1), tuple(2, 4)) }] }))
  expect(points.map(([pair]) => rosenbrock(...(pair as [number, number])))).toEqual([1, 0, 1])
})

test('a grid over the elements of a list has 25 rows', () => {
  const points = all(searchSpec({ params: ['xn.0', 'xn.1'].map((name) => ({ name, domain: { kind: 'grid', values: range(5) } })) }))
  expect(points).toHaveLength(25)
  expect(points.slice(3, 7)).toEqual([
    [0, 3],
    [0, 4],
    [1, 0],
    [1, 1],
  ])
})

test('num_samples repeats the whole grid, and an extension goes on behind it', () => {
  const spec = searchSpec({
    numSamples: 2,
    params: [
      { name: 'a', domain: grid(1, 2) },
      { name: 'b', domain: grid('x', 'y', 'z') },
    ],
  })
  const once = [
    [1, 'x'],
    [1, 'y'],
    [1, 'z'],
    [2, 'x'],
    [2, 'y'],
    [2, 'z'],
  ]
  expect(all(spec)).toEqual([...once, ...once])
  const space = newSpace(spec, 1)
  expect(space.total([2, 3])).toBe(30)
  expect(bare(space.params(29, [2, 3]))).toEqual([2, 'z'])
})

test('a grid of a million million points is walked without being built', () => {
  const params = ['a', 'b'].map((name) => ({ name, domain: { kind: 'grid', values: range(1_000_000) } as const }))
  const space = newSpace(searchSpec({ params }), 1)
  expect(space.gridSize).toBe(1e12)
  expect(bare(space.params(123_456_654_321, [1]))).toEqual([123_456, 654_321])
})

test('what is random is drawn again for every point of a grid, and does not depend on what else is asked', () => {
  const params = [
    { name: 'a', domain: grid(1, 2) },
    { name: 'u', domain: uniformDomain(5, 6) },
    { name: 'c', domain: { kind: 'constant', value: typed('k') } as const },
  ]
  const spec = searchSpec({ algorithm: 'random', numSamples: 2, params })
  const points = all(spec)
  expect(points.map(([a]) => a)).toEqual([1, 2, 1, 2])
  expect(new Set(points.map(([, u]) => u)).size).toBe(4)
  expect(points.every(([, u, c]) => Number(u) >= 5 && Number(u) < 6 && c === 'k')).toBe(true)
  expect(bare(newSpace(spec, 1).params(3, [2]))).toEqual(points[3])
  expect(bare(newSpace(spec, 2).params(3, [2]))).not.toEqual(points[3])
})

test('points to evaluate come first: beside a grid, as part of the samples without one', () => {
  const points = [
    [['x', typed(9)]],
    [
      ['u', typed(0.5)],
      ['x', typed(8)],
    ],
  ] as const
  const u = { name: 'u', domain: uniformDomain(0, 1) }
  const beside = all(searchSpec({ points, params: [{ name: 'x', domain: grid(0, 1) }, u] }))
  expect(beside.map(([x]) => x)).toEqual([9, 8, 0, 1])
  expect(beside[1]).toEqual([8, 0.5])
  expect(beside[0]?.[1]).toBeLessThan(1)
  const within = all(searchSpec({ algorithm: 'random', points, numSamples: 3, params: [{ name: 'x', domain: uniformDomain(0, 1) }, u] }))
  expect(within).toHaveLength(3)
  expect(within.map(([x]) => x).slice(0, 2)).toEqual([9, 8])
})

test('a Latin hypercube has one trial in every stratum of every parameter, in an extension too', () => {
  const params = ['a', 'b', 'c'].map((name) => ({ name, domain: uniformDomain(0, 1) }))
  const space = newSpace(searchSpec({ algorithm: 'lhs', params, numSamples: 20, points: [[['a', typed(0)]]] }), 5)
  const blocks = [20, 7]
  const rows = Array.from({ length: space.total(blocks) }, (_, index) => bare(space.params(index, blocks)))
  expect(rows).toHaveLength(27)
  for (const [from, count] of [
    [1, 19],
    [20, 7],
  ] as const) {
    const part = rows.slice(from, from + count)
    for (const column of [0, 1, 2]) {
      expect(part.map((row) => Math.floor(Number(row[column]) * count)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: count }, (_, i) => i),
      )
    }
  }
  expect(rows.slice(1, 4)).toEqual(
    [1, 2, 3].map((index) =>
      bare(newSpace(searchSpec({ algorithm: 'lhs', params, numSamples: 20, points: [[['a', typed(0)]]] }), 5).params(index, [20])),
    ),
  )
})

test('sequences have the numbers of numpy', () => {
  const values = (sequence: Sequence, count: number) => Array.from({ length: count }, (_, index) => plain(sequenceAt(sequence, index)))
  expect(values({ kind: 'linspace', start: 1e-3, stop: 1.8e-3, count: 3 }, 3)).toEqual([0.001, 0.0014, 0.0018])
  // what numpy 2.4.6 prints for the same calls
  expect(values({ kind: 'linspace', start: 0.2e-3, stop: 0.5e-3, count: 3 }, 3)).toEqual([0.0002, 0.00035000000000000005, 0.0005])
  expect(values({ kind: 'arange', start: 0, step: 0.1, count: 5 }, 5)).toEqual([0, 0.1, 0.2, 0.30000000000000004, 0.4])
  expect(values({ kind: 'arange', start: 0.2, step: 0.3, count: 4 }, 4)).toEqual([0.2, 0.5, 0.8, 1.0999999999999999])
  expect(values({ kind: 'logspace', start: -2, stop: 1, count: 4, base: 10 }, 4)).toEqual([0.01, 0.1, 1, 10])
  expect(sequenceAt({ kind: 'linspace', start: 0, stop: 4, count: 3 }, 1)).toEqual({ kind: 'float', value: 2 })
  expect(sequenceAt({ kind: 'range', start: 5, step: -2, count: 3 }, 2)).toEqual({ kind: 'int', value: 1 })
})

test('every domain at both ends and in the middle', () => {
  const ends = [1e-12, 0.5, 1 - 1e-12]
  const at = (domain: Parameters<typeof drawAt>[0]) => ends.map((u) => plain(drawAt(domain, u)))
  expect(at(uniformDomain(-1, 1)).map((value) => Math.round(Number(value) * 1e9) / 1e9 + 0)).toEqual([-1, 0, 1])
  expect(at({ kind: 'float', low: 0.01, high: 100, log: true, step: null }).map((value) => Number(Number(value).toPrecision(6)))).toEqual([
    0.01, 1, 100,
  ])
  expect(at({ kind: 'float', low: 0, high: 0.5, log: false, step: 0.1 })).toEqual([0, 0.3, 0.5])
  expect(at({ kind: 'int', low: 1, high: 10, log: false, step: 1 })).toEqual([1, 6, 10])
  expect(at({ kind: 'int', low: 1, high: 10, log: false, step: 4 })).toEqual([1, 5, 9])
  expect(at({ kind: 'int', low: 1, high: 1000, log: true, step: 1 })).toEqual([1, 22, 1000])
  expect(at({ kind: 'normal', mean: 3, sd: 1, step: null })[1]).toBe(3)
  expect(at({ kind: 'normal', mean: 3, sd: 1, step: 0.5 })[1]).toBe(3)
  expect(at({ kind: 'choice', values: list('a', 'b', 'c') })).toEqual(['a', 'b', 'c'])
  expect(drawAt(uniformDomain(0, 1), 0.5)).toEqual({ kind: 'float', value: 0.5 })
  // scipy.stats.norm.ppf
  for (const [p, x] of [
    [0.975, 1.959963984540054],
    [0.01, -2.3263478740408408],
    [1e-6, -4.753424308822899],
  ] as const)
    expect(normalQuantile(p)).toBeCloseTo(x, 7)
})
