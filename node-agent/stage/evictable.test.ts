import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evictable } from './evictable.ts'

const item = (name: string, bytes: number, usedAt: number, needed = false) => ({ name, bytes, usedAt, needed })
const names = (kept: readonly { name: string }[]) => kept.map(({ name }) => name)

test('nothing goes while everything fits', () => {
  expect(evictable([item('a', 60, 1), item('b', 40, 2)], 100)).toEqual([])
})

test('the longest unused goes first, and only as much as must', () => {
  const kept = [item('new', 40, 3), item('old', 40, 1), item('middle', 40, 2)]
  expect(names(evictable(kept, 100))).toEqual(['old'])
  expect(names(evictable(kept, 50))).toEqual(['old', 'middle'])
})

test('what is needed stays, even when it is too much alone', () => {
  expect(names(evictable([item('live', 500, 1, true), item('idle', 1, 2)], 100))).toEqual(['idle'])
})

test('whatever is kept, the rest fits unless it is needed, and nothing needed goes', () => {
  const kept = fc.array(fc.record({ bytes: fc.nat(1000), usedAt: fc.nat(100), needed: fc.boolean() }), { maxLength: 30 })
  fc.assert(
    fc.property(kept, fc.nat(5000), (items, cap) => {
      const gone = new Set(evictable(items, cap))
      const rest = items.filter((one) => !gone.has(one))
      const bytes = rest.reduce((sum, one) => sum + one.bytes, 0)
      expect([...gone].some(({ needed }) => needed)).toBe(false)
      expect(bytes <= cap || rest.every(({ needed, bytes: own }) => needed || own === 0)).toBe(true)
    }),
  )
})
