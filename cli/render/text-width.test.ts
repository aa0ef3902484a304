import { expect, test } from 'vitest'
import { oneLine, textWidth, truncate } from './text-width.ts'

test('a combining accent takes no column', () => {
  expect(textWidth('e\u0301')).toBe(1)
})

test('text that fits is left alone', () => {
  expect(truncate('abc', 3)).toBe('abc')
})

test('a wide letter is not cut in two', () => {
  expect(truncate('日本語', 4)).toBe('日…')
})

test('escape sequences, bidirectional overrides and line breaks cannot reach the terminal', () => {
  expect(oneLine('a\n  b\x1b]0;x\x07\u202ec\u009b1m')).toBe('a b\ufffd]0;x\ufffd\ufffdc\ufffd1m')
})
