// Values in commands and arguments.
import { expect, test } from 'vitest'
import { type Params, typed } from '../model/value.ts'
import { fillArgs, fillCommand, shellQuoted, unknownNames } from './fill.ts'

const params: Params = [
  ['x', { kind: 'float', value: 3 }],
  ['nmda.PYR->BC', typed(1)],
  ['s', typed("it's $HOME")],
  ['l', typed([1, 'a b'])],
]

test('in a command a value is one word, whatever is in it', () => {
  expect(fillCommand('./run -x {{x}} --w={{ nmda.PYR->BC }} {{s}} {{l}}', params)).toBe(`./run -x 3.0 --w=1 'it'\\''s $HOME' '[1,"a b"]'`)
  expect(shellQuoted('')).toBe("''")
  expect(shellQuoted('-rf;rm')).toBe("'-rf;rm'")
})

test('in arguments it is put in as it is', () => {
  expect(fillArgs(['--name={{s}}', '{{x}}{{x}}', 'plain'], params)).toEqual(["--name=it's $HOME", '3.03.0', 'plain'])
})

test('braces that hold no name stay, unknown names are found where they are', () => {
  const known = new Set(params.map(([name]) => name))
  expect(fillCommand(`awk '{{print $1}}' {{}} \${x} {{y}}`, params)).toBe(`awk '{{print $1}}' {{}} \${x} {{y}}`)
  expect(unknownNames(`awk '{{print $1}}' {{x}} {{ yy }} {{nmda.PYR->BD}}`, known)).toEqual([
    { name: 'yy', at: 25 },
    { name: 'nmda.PYR->BD', at: 34 },
  ])
})

test('a value that looks like a name is not filled again', () => {
  expect(
    fillArgs(
      ['{{a}}'],
      [
        ['a', typed('{{b}}')],
        ['b', typed(1)],
      ],
    ),
  ).toEqual(['{{b}}'])
  expect(fillArgs(['{{a}}'], [['a', typed('$&')]])).toEqual(['$&'])
})
