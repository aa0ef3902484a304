// The generator against the known answers of its authors (Random123, kat_vectors, philox 4x32 with ten rounds).
import { expect, test } from 'vitest'
import { philox, uniform } from './philox.ts'

test('known answers', () => {
  expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8])
  const ones = 0xffffffff
  expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd])
  expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
    0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
  ])
})

test('uniform numbers are inside of 0..1, differ by trial, parameter, purpose and seed, and are spread evenly', () => {
  const some = [
    uniform(1, 'value', 0, 0),
    uniform(1, 'value', 1, 0),
    uniform(1, 'value', 0, 1),
    uniform(1, 'stratum', 0, 0),
    uniform(2, 'value', 0, 0),
  ]
  expect(new Set(some).size).toBe(5)
  const many = Array.from({ length: 20_000 }, (_, index) => uniform(7, 'value', index, 3))
  expect(many.every((u) => u > 0 && u < 1)).toBe(true)
  const buckets = new Array<number>(10).fill(0)
  for (const u of many) buckets[Math.floor(u * 10)] = (buckets[Math.floor(u * 10)] ?? 0) + 1
  // four standard deviations of 2 000 in a bucket
  for (const count of buckets) expect(Math.abs(count - 2000)).toBeLessThan(4 * Math.sqrt(2000 * 0.9))
})

test('a seed means these numbers for ever', () => {
  expect([0, 1, 2].map((index) => uniform(1, 'value', index, 0))).toMatchInlineSnapshot(`
    [
      0.8902591757080309,
      0.6719982689180368,
      0.24740147260204132,
    ]
  `)
})
