import { expect, test } from 'vitest'
import { diskNews, probeDisk, roomChanged } from './disk.ts'

const gib = 1024 ** 3

test('a change of room is told when it is more than 1 GiB or 5 %', () => {
  expect(roomChanged(100 * gib, 101 * gib)).toBe(false)
  expect(roomChanged(100 * gib, 98.9 * gib)).toBe(true)
  expect(roomChanged(10 * gib, 9.6 * gib)).toBe(false)
  expect(roomChanged(10 * gib, 9.4 * gib)).toBe(true)
  expect(roomChanged(0, 1)).toBe(true)
  expect(roomChanged(0, 0)).toBe(false)
})

test('while attempts are here what they write is not told, only that the disk runs full', () => {
  const told = { low: false, room: 100 * gib }
  expect(diskNews(told, { low: false, room: 50 * gib }, true)).toBeNull()
  expect(diskNews(told, { low: false, room: 50 * gib }, false)).toEqual({ low: false, room: 50 * gib })
  expect(diskNews(told, { low: true, room: 0 }, true)).toEqual({ low: true, room: 100 * gib })
  expect(diskNews(told, { low: false, room: 99.9 * gib }, false)).toBeNull()
})

test('room is what is free above the low mark', () => {
  const { low, room } = probeDisk('/')
  expect(low).toBe(room === 0)
})
