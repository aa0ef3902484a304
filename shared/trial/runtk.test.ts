// The variables of batchtk, byte for byte: every type, both delimiters, and what would break them.
import { expect, test } from 'vitest'
import { type Params, typed, type Value } from '../model/value.ts'
import { keyProblem, runtkVariables } from './runtk.ts'

const tuple = (...items: readonly Value[]): Value => ({ kind: 'tuple', items })
const all: Params = [
  ['n', typed(3)],
  ['x', { kind: 'float', value: 3 }],
  ['small', { kind: 'float', value: 1e-7 }],
  ['s', typed('a b')],
  ['on', typed(true)],
  ['none', typed(null)],
  ['l', typed([1, 'q"', null, true])],
  ['x0_x1', tuple(typed(2), { kind: 'float', value: 4 })],
  ['one', tuple(typed(1))],
  ['d', typed({ a: [false, 'ü'] })],
  ['nmda.PYR->BC', { kind: 'float', value: 0.0014 }],
]

test('every type for batchtk 0.0.2 and later', () => {
  expect(runtkVariables(all, '*=')).toEqual({
    INTRUNTK0: 'n*=3',
    FLOATRUNTK1: 'x*=3.0',
    FLOATRUNTK2: 'small*=1e-7',
    STRRUNTK3: 's*=a b',
    BOOLRUNTK4: 'on*=True',
    NONETYPERUNTK5: 'none*=None',
    LISTRUNTK6: 'l*=[1, "q\\"", None, True]',
    TUPLERUNTK7: 'x0_x1*=(2, 4.0)',
    TUPLERUNTK8: 'one*=(1,)',
    DICTRUNTK9: 'd*={"a": [False, "ü"]}',
    FLOATRUNTK10: 'nmda.PYR->BC*=0.0014',
  })
})

test("every type for the documents' generation, which reads JSON and has no BOOL", () => {
  expect(runtkVariables(all, '=')).toMatchObject({
    INTRUNTK0: 'n=3',
    FLOATRUNTK1: 'x=3.0',
    STRRUNTK3: 's=a b',
    JSONRUNTK4: 'on=true',
    JSONRUNTK5: 'none=null',
    LISTRUNTK6: 'l=[1, "q\\"", None, True]',
    TUPLERUNTK7: 'x0_x1=(2, 4.0)',
    DICTRUNTK9: 'd={"a":[false,"ü"]}',
  })
})

test('text that batchtk would cut or strip goes as JSON without the delimiter in it', () => {
  const values = (text: string, delimiter: '*=' | '=') => Object.entries(runtkVariables([['k', typed(text)]], delimiter))
  expect(values('a*=b', '*=')).toEqual([['JSONRUNTK0', String.raw`k*="a\u002a=b"`]])
  expect(values('a=b', '*=')).toEqual([['STRRUNTK0', 'k*=a=b']])
  expect(values('a=b', '=')).toEqual([['JSONRUNTK0', String.raw`k="a\u003db"`]])
  expect(values(' a', '*=')).toEqual([['JSONRUNTK0', 'k*=" a"']])
  expect(values('a\u001c', '*=')).toEqual([['JSONRUNTK0', String.raw`k*="a\u001c"`]])
  expect(values('a\nb\u0000', '=')).toEqual([['JSONRUNTK0', String.raw`k="a\nb\u0000"`]])
  expect(values('', '*=')).toEqual([['STRRUNTK0', 'k*=']])
  expect(values('$HOME `x` "y" \\', '*=')).toEqual([['STRRUNTK0', 'k*=$HOME `x` "y" \\']])
  expect(runtkVariables([['k', typed(['*='])]], '*=')).toEqual({ LISTRUNTK0: String.raw`k*=["\u002a="]` })
})

test('names that batchtk would misread are refused', () => {
  for (const name of ['', 'a=b', ' a', 'a\n', 'a ']) expect(keyProblem(name, 'auto')).not.toBeNull()
  expect(keyProblem('a=b', '*=')).toBeNull()
  expect(keyProblem('a*=b', '*=')).toBe("it has '*=', where batchtk cuts name from value")
  expect(() => runtkVariables([['a=b', typed(1)]], '=')).toThrow('the parameter "a=b" cannot be sent')
})

test('a variable has at most what the kernel takes, counted in bytes', () => {
  const room = 131_072 - 'STRRUNTK0=k*='.length - 1
  expect(() => runtkVariables([['k', typed('x'.repeat(room))]], '*=')).not.toThrow()
  expect(() => runtkVariables([['k', typed('x'.repeat(room + 1))]], '*=')).toThrow("'k' has more than 128 KiB")
  expect(() => runtkVariables([['k', typed('ü'.repeat(room / 2 + 1))]], '*=')).toThrow('128 KiB')
})
