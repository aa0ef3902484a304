import { expect, test } from 'vitest'
import { isAttemptId } from '../../shared/model/ids.ts'
import { newAttemptId } from './attempt-id.ts'

test('ids are attempt ids, no two alike, and those of a later ms sort behind', () => {
  const ids = Array.from({ length: 3000 }, (_, i) => newAttemptId(1_700_000_000_000 + i))
  expect(ids.every(isAttemptId)).toBe(true)
  expect(new Set(ids).size).toBe(3000)
  expect([...ids].sort()).toEqual(ids)
})

test('ids of one ms differ, also when the clock stands before 1970', () => {
  const ids = Array.from({ length: 1000 }, () => newAttemptId(-5))
  expect(ids.every(isAttemptId)).toBe(true)
  expect(new Set(ids).size).toBe(1000)
})
