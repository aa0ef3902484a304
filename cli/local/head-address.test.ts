import { expect, test } from 'vitest'
import { headUrl } from './head-address.ts'

test.each([
  ['head', 'http://head:8952'],
  ['head:9000', 'http://head:9000'],
  ['http://head', 'http://head:8952'],
  ['http://head:80', 'http://head:80'],
  ['http://head:9000/lab/', 'http://head:9000/lab'],
  ['[::1]:9000', 'http://[::1]:9000'],
  ['10.0.0.1', 'http://10.0.0.1:8952'],
])('%s is %s', (text, url) => {
  expect(headUrl(text, '--head')).toBe(url)
})

test.each(['', 'ftp://head', 'http://user:secret@head', 'a b'])('%j is refused', (text) => {
  expect(() => headUrl(text, '--head')).toThrow(/--head/)
})
