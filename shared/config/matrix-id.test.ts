import { expect, test } from 'vitest'
import { matrixIdProblem } from './matrix-id.ts'

test.each(['@anna:lab.org', '@anna:lab.org:8448', '@:lab.org', '@Anna.B/x=1:10.0.0.1', '@a:[2001:db8::1]:80', '@a:localhost'])(
  '%s is one',
  (id) => {
    expect(matrixIdProblem(id)).toBeNull()
  },
)

test.each([
  'anna:lab.org',
  '@anna',
  '@anna:',
  '@an na:lab.org',
  '@anna:lab org',
  '@änna:lab.org',
  '@a:b:c',
  '@a:[zz]',
  '',
  `@${'a'.repeat(300)}:b`,
])('%s is none', (id) => {
  expect(matrixIdProblem(id)).not.toBeNull()
})
