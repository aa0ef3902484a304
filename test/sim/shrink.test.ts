import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shrink } from './shrink.ts'

test('of any steps exactly those are left that the failure needs, in their order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 200 }), fc.nat(1000), async (items, pick) => {
      const needed = items.filter((item) => (item * 7 + pick) % 11 === 0)
      const left = await shrink(items, async (some) => needed.every((item) => some.includes(item)))
      expect(left).toEqual(needed)
    }),
  )
})

test('what a failure needs only while another step is there goes too', async () => {
  // 3 hides the fault unless 5 is there; 9 alone makes it
  const fails = async (some: readonly number[]) => some.includes(9) && (!some.includes(3) || some.includes(5))
  expect(await shrink([1, 3, 5, 7, 9], fails)).toEqual([9])
})

test('it stops when it is told to, with something that still fails', async () => {
  let asked = 0
  const left = await shrink(
    Array.from({ length: 1000 }, (_, i) => i),
    async (some) => {
      asked++
      return some.includes(7)
    },
    () => asked >= 3,
  )
  expect(left).toContain(7)
  expect(asked).toBe(3)
})
