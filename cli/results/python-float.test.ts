import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { floatOfText, pythonFloat } from './python-float.ts'

test('every double is written as Python writes it', () => {
  const edges = [0, -0, 1, -1, 3, 0.1, 1e-4, 1e-5, 9.999e-5, 1e15, 1e16, 123456789012345680, 1e21, 5e-324, 1.7976931348623157e308, 2 ** 53]
  const numbers = [...edges, ...fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 3000, seed: 1 })]
  const input = numbers.map((value) => (Object.is(value, -0) ? '-0.0' : value.toExponential(17))).join('\n')
  const { stdout } = spawnSync('/usr/bin/python3', ['-c', 'import sys\nfor line in sys.stdin: print(repr(float(line)))'], {
    input,
    encoding: 'utf8',
  })
  expect(numbers.map(pythonFloat)).toEqual(stdout.trimEnd().split('\n'))
})

test('text is a number where Python takes it as one', () => {
  expect(['3', ' 1e-7 ', '-.5', '1.', 'x', '', '0x10', '1 2', '(1, 2)'].map(floatOfText)).toEqual([
    '3.0',
    '1e-07',
    '-0.5',
    '1.0',
    null,
    null,
    null,
    null,
    null,
  ])
})
