import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatBytes, parseBytes } from './bytes.ts'

test.each([
  ['512', 512],
  ['512B', 512],
  ['1k', 1024],
  ['8G', 8 * 2 ** 30],
  ['8GiB', 8 * 2 ** 30],
  ['8GB', 8e9],
  [' 1.5 MiB ', 1.5 * 2 ** 20],
  ['2tib', 2 * 2 ** 40],
])('%s is %d bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes)
})

test.each(['', 'G', '-1', '1 apple', '1iB', '1.2.3G', '1e9', '99999999P'])('%j is refused', (text) => {
  expect(() => parseBytes(text)).toThrow(/is no amount of bytes/)
})

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1023.7 * 1024, '1.0 MiB'],
  [12 * 2 ** 20, '12 MiB'],
  [8.5 * 2 ** 30, '8.5 GiB'],
  [5e18, '4441 PiB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('what is shown can be parsed and is close to what it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 52 }), (bytes) => {
      expect(Math.abs(parseBytes(formatBytes(bytes)) - bytes)).toBeLessThanOrEqual(bytes * 0.051)
    }),
  )
})
