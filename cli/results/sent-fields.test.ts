import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sentFields } from './sent-fields.ts'

const sent = (text: string, source: 'frame' | 'file' | 'results' | 'lines' = 'frame') => [...sentFields({ source, text })]

test('numbers keep their digits, white space between tokens goes, and the order stays', () => {
  const text =
    '{ "loss" : 12.50,\n "n": 3.0, "big": 12345678901234567890, "e": 1E-7,\t"list": [1, 2.0, {"a b": "c, d"}], "t": "x  y", "no": null }'
  expect(sent(text)).toEqual([
    ['loss', '12.50'],
    ['n', '3.0'],
    ['big', '12345678901234567890'],
    ['e', '1E-7'],
    ['list', '[1,2.0,{"a b":"c, d"}]'],
    ['t', '"x  y"'],
    ['no', 'null'],
  ])
})

test('keys and texts with everything that ends a token', () => {
  expect(sent('{"a\\"}": "{[,:]}\\\\", "": {}, "ü\\u0041": []}')).toEqual([
    ['a"}', '"{[,:]}\\\\"'],
    ['', '{}'],
    ['üA', '[]'],
  ])
})

test('what is no JSON object is kept too', () => {
  expect(sentFields(null).size).toBe(0)
  expect(sent('message')).toEqual([['_raw', '"message"']])
  expect(sent('[1, 2]')).toEqual([['_raw', '[1,2]']])
  expect(sent('{"loss": NaN, "t": "NaN"}')).toEqual([
    ['loss', '"NaN"'],
    ['t', '"NaN"'],
  ])
  expect(sent('some output\n{"loss": 1}\n', 'file')).toEqual([['loss', '1']])
})

test('any object comes back key by key', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 1, 3), (data, indent) => {
      const text = JSON.stringify(data, null, indent)
      const back = Object.fromEntries(sent(text).map(([key, value]) => [key, JSON.parse(value) as unknown]))
      expect(back).toEqual(JSON.parse(text))
      for (const [, value] of sent(text)) expect(value).not.toMatch(/^\s|\n/)
    }),
  )
})
