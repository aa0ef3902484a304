import fc from 'fast-check'
import { expect, test } from 'vitest'
import { axisFor, countAxis, namesAxis } from './axis.ts'

const texts = (values: readonly number[]) => axisFor(values).ticks.map(({ text }) => text)

test('ticks stand at round numbers', () => {
  expect(texts([0, 10])).toEqual(['0', '2', '4', '6', '8', '10'])
  expect(texts([-1, 1])).toEqual(['-1.0', '-0.5', '0.0', '0.5', '1.0'])
  expect(texts([0.001, 0.0018])).toEqual(['0.0010', '0.0012', '0.0014', '0.0016', '0.0018'])
  expect(texts([0, 3e7])).toEqual(['0', '1e7', '2e7', '3e7'])
  expect(texts([7, 7])).toEqual(['6.8', '7.0', '7.2'])
})

test('what spans a factor of a thousand is shown by its logarithm', () => {
  expect(texts([0.001, 1])).toEqual(['0.001', '0.01', '0.1', '1'])
  expect(texts([1e-12, 1e5])[0]).toBe('1e-12')
  expect(axisFor([1, 1000]).place(Math.sqrt(1000))).toBeCloseTo(0.5)
  expect(texts([0, 1000])).toEqual(['0', '200', '400', '600', '800', '1000'])
})

test('trials have whole ticks, and of many names some', () => {
  expect(countAxis(0, 1).ticks.map(({ text }) => text)).toEqual(['0', '1'])
  expect(countAxis(0, 0).ticks.length).toBeGreaterThan(0)
  expect(namesAxis(['a', 'b']).ticks).toEqual([
    { at: 0.25, text: 'a' },
    { at: 0.75, text: 'b' },
  ])
  expect(namesAxis(Array.from({ length: 100 }, String)).ticks).toHaveLength(12)
})

test('whatever the values, they lie inside, in order, with a few ticks that are told apart', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 5 }), (values) => {
      const { place, ticks } = axisFor(values)
      const sorted = [...values].sort((a, b) => a - b)
      const places = sorted.map(place)
      for (const at of places) expect(at >= 0 && at <= 1).toBe(true)
      expect(places).toEqual([...places].sort((a, b) => a - b))
      expect(ticks.length).toBeLessThan(20)
      for (const { at } of ticks) expect(at >= -1e-9 && at <= 1 + 1e-9).toBe(true)
      expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length)
    }),
  )
})
