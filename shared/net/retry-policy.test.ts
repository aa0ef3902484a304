import { expect, test } from 'vitest'
import { retryDelay } from './retry-policy.ts'

test('the first wait is within a second, later ones grow to the cap and not above', () => {
  expect([0, 1, 2, 3, 4, 1000].map((tries) => retryDelay(tries, 1))).toEqual([1000, 2000, 4000, 5000, 5000, 5000])
  expect([0, 1, 2, 3].map((tries) => retryDelay(tries, 0))).toEqual([500, 1000, 2000, 2500])
})
