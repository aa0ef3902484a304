import { expect, test } from 'vitest'
import { until } from './until.ts'

test('it returns what was seen first', async () => {
  let looks = 0
  expect(await until('third look', () => (++looks === 3 ? looks : null), { every: 1 })).toBe(3)
})

test('at the deadline it says what it waited for, with the report', async () => {
  const wait = until('a wonder', () => false, { within: 5, every: 1, report: () => 'nothing happened' })
  await expect(wait).rejects.toThrow('waited 5 ms in vain: a wonder\nnothing happened')
})

test('an error while looking ends the wait', async () => {
  const wait = until('something', () => {
    throw new Error('broken')
  })
  await expect(wait).rejects.toThrow('broken')
})
