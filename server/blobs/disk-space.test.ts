import { expect, test } from 'vitest'
import { diskSpace } from './disk-space.ts'

const mebibyte = 1 << 20

/** A disk of `size` MiB with `free` MiB free. */
function disk(size: number, free: number) {
  const state = { free }
  const space = diskSpace('/', () => ({ bavail: state.free * mebibyte, blocks: size * mebibyte, bsize: 1 }))
  return { state, space }
}

test('work stops being given out before uploads are refused, and begins again a little later than it stopped', () => {
  // 5 % of a disk of 1000 MiB are 50: uploads stop there, work at twice that
  const { state, space } = disk(1000, 101)
  expect(space.isLow()).toBe(false)
  state.free = 99
  expect(space.isLow()).toBe(true)
  expect(() => space.assertFor(mebibyte)).not.toThrow()
  state.free = 105
  expect(space.isLow()).toBe(true)
  state.free = 111
  expect(space.isLow()).toBe(false)
  state.free = 105
  expect(space.isLow()).toBe(false)
})

test('an upload that would eat into the reserve is refused with what is left', () => {
  const { space } = disk(1000, 60)
  expect(() => space.assertFor(9 * mebibyte)).not.toThrow()
  expect(() => space.assertFor(11 * mebibyte)).toThrow(/full: 60/)
})

test('of a large disk 128 MiB are kept for records, and work stops at 640', () => {
  const { state, space } = disk(1_000_000, 641)
  expect(space.isLow()).toBe(false)
  state.free = 639
  expect(space.isLow()).toBe(true)
  expect(() => space.assertFor(500 * mebibyte)).not.toThrow()
  expect(() => space.assertFor(512 * mebibyte)).toThrow(/full/)
})
