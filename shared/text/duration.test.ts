import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

test.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['1h 30m', 5_400_000],
  ['2d', 172_800_000],
  ['500ms', 500],
  ['1.5h', 5_400_000],
  ['3600s', 3_600_000],
  ['0s', 0],
  ['00:30:00', 1_800_000],
  ['100:00:01', 360_001_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['', '10', 'h', '1x', '-1s', '1h30', '1:2', '00:99:00', '1e3s', `${'9'.repeat(30)}s`])('%j is refused', (text) => {
  expect(() => parseDuration(text)).toThrow(/is no duration/)
})

test.each([
  [0, '0ms'],
  [999.4, '999ms'],
  [999.6, '1.0s'],
  [1500, '1.5s'],
  [9949, '9.9s'],
  [9950, '10s'],
  [59_600, '1m00s'],
  [310_000, '5m10s'],
  [3_600_000, '1h00m'],
  [3_905_000, '1h05m'],
  [183_600_000, '2d3h'],
  [-1500, '-1.5s'],
  [Number.NaN, '-'],
])('%d ms is shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test('what is shown can be parsed and is close to what it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e10 }), (ms) => {
      const back = parseDuration(formatDuration(ms))
      expect(Math.abs(back - ms)).toBeLessThanOrEqual(Math.max(50, ms * 0.042))
    }),
  )
})

test.each([
  [10, '10s'],
  [5 * 60 + 10, '5m10s'],
  [3600 + 10, '1h00m'],
  [3600 + 5 * 60, '1h05m'],
  [3600 + 20 * 60 + 5, '1h20m'],
  [60, '1m00s'],
  [24 * 3600, '1d0h'],
])('status_duration_formatting: %d s of a running job are shown as %s, also where a smaller unit is zero', (seconds, text) => {
  expect(formatDuration(seconds * 1000)).toBe(text)
})
