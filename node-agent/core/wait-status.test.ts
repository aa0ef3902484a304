import { expect, test } from 'vitest'
import { outcomeOf } from './wait-status.ts'

test('an exit code and a signal are told apart', () => {
  expect(outcomeOf(0, null)).toEqual({ kind: 'succeeded' })
  expect(outcomeOf(201 << 8, null)).toEqual({ kind: 'failed', exitCode: 201, signal: null })
  expect(outcomeOf(11, null)).toEqual({ kind: 'failed', exitCode: null, signal: 'SIGSEGV' })
  expect(outcomeOf(6 | 0x80, null)).toEqual({ kind: 'failed', exitCode: null, signal: 'SIGABRT' })
})

test('a kill at the memory limit is out of memory, unless the job was ended by us or did well without that process', () => {
  expect(outcomeOf(9, null, true)).toEqual({ kind: 'oom' })
  expect(outcomeOf(1 << 8, null, true)).toEqual({ kind: 'oom' })
  expect(outcomeOf(9, 'timeout', true)).toEqual({ kind: 'timeout' })
  expect(outcomeOf(0, null, true)).toEqual({ kind: 'succeeded' })
})

test('an ordered end is a cancellation, one that came with the end of the launcher a loss', () => {
  expect(outcomeOf(15, 'cancel')).toEqual({ kind: 'cancelled' })
  expect(outcomeOf(9, 'kill').kind).toBe('lost')
})
