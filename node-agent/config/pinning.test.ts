import { expect, test } from 'vitest'
import { type PinFacts, usableCpus, whyUnbound } from './pinning.ts'

const alone: PinFacts = { pin: null, mask: [0, 1], alone: true }

test('the only agent of a machine binds its jobs, unless it offers more cores than it has', () => {
  expect(whyUnbound(alone, 2)).toBe('')
  expect(whyUnbound(alone, 8)).toBe('--cores 8 exceeds the 2 CPUs it may use')
  expect(whyUnbound({ ...alone, alone: false }, 2)).toBe('another agent runs on this machine')
  expect(whyUnbound({ ...alone, mask: null }, 2)).toContain('not known')
})

test('--pin overrides both', () => {
  expect(whyUnbound({ pin: [1], mask: [0, 1], alone: false }, 8)).toBe('')
  expect(whyUnbound({ ...alone, pin: 'none' }, 2)).toBe('turned off by --pin none')
  expect(usableCpus({ ...alone, pin: [1] })).toEqual([1])
  expect(usableCpus(alone)).toEqual([0, 1])
})

test('a CPU that is not there is refused by name', () => {
  expect(() => usableCpus({ ...alone, pin: [1, 7] })).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining('CPU 7') }),
  )
})
