import { expect, test } from 'vitest'
import { refuseCaseClash } from './case-clash.ts'
import type { Wanted } from './checked-manifest.ts'

const items = (...paths: string[]) => paths.map((path): Wanted => ({ kind: 'folder', path: `job_1/${path}`, under: 'job_1' }))

test.each([
  ['two files', ['out.txt', 'Out.txt']],
  ['a file and a folder above another', ['data', 'DATA/x']],
  ['two folders above files', ['a/x', 'A/y']],
  ['composed and decomposed letters', ['\u00fc', 'u\u0308']],
])('%s that are one name are refused', (_, paths) => {
  expect(() => refuseCaseClash(items(...paths))).toThrow('are one name on this disk')
})

test('others are not', () => {
  expect(() => refuseCaseClash(items('a', 'a/b', 'a/c', 'b', 'A2'))).not.toThrow()
})
