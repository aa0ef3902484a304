import { expect, test } from 'vitest'
import { hasControl } from './control.ts'

test.each(['\0', 'a\nb', '\t', '\u001f', 'x\u007f'])('%j has a control character', (text) => {
  expect(hasControl(text)).toBe(true)
})

test.each(['', ' ', 'a b', 'ü', '\u0085', '渦'])('%j has none', (text) => {
  expect(hasControl(text)).toBe(false)
})
