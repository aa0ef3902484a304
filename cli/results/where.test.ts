import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DistError } from '../../shared/base/errors.ts'
import { float, int, text } from '../../shared/model/value.ts'
import { reported, trialReply } from '../test-support/fake-searches.ts'
import { trialRow } from './trial-row.ts'
import { compileWhere } from './where.ts'

const search = { params: ['a', 'b', 'nmda.PYR->BC', 'mode', 'xn.0', 'on'], metrics: [{ name: 'loss', mode: 'min' as const }] }
const row = trialRow(
  reported(3, [0.25], '{"loss": 0.25, "rate": 7, "who": "x", "list": [1]}', {
    params: [
      ['a', int(3)],
      ['b', float(-1e-3)],
      ['nmda.PYR->BC', float(2)],
      ['mode', text('it\'s "fast"')],
      ['xn.0', int(5)],
      ['on', { kind: 'bool', value: true }],
    ],
  }),
)
const fits = (expression: string): boolean => compileWhere(expression, search).fits(row)

test.each([
  'a > 2',
  'a>=3 and b<0',
  'a = 3',
  'a == 3.0',
  '3 == a',
  'b <= -1e-3',
  'b == -.001',
  'a < 2 or b < 2',
  'not a < 2',
  'not not a == 3',
  '!(a < 2) && (b > 0 || a != 4)',
  'a == 4 and a == 4 or a == 3',
  'a == 3 or a == 4 and a == 5',
  '`nmda.PYR->BC` > 1',
  'config/a == 3',
  'xn.0 == 5',
  "mode == 'it\\'s \"fast\"'",
  'mode == "it\'s \\"fast\\""',
  "mode > 'ab'",
  'loss < 0.5',
  'rate == 7',
  "who != 'y'",
  "state == 'reported'",
  "label == 'search_00003'",
  'seconds > 1',
  'attempts = 1',
  'on',
  'on == true',
  'NOT on == false AND rate',
  'missing == null',
  'loss != null',
])('%s fits', (expression) => {
  expect(fits(expression)).toBe(true)
})

test.each([
  'a > 3',
  'missing < 3',
  'missing > 3',
  'missing != 3',
  'missing',
  "a == '3'",
  "a < 'x'",
  'mode < 3',
  'list == 1',
  'list > 0',
  'reason == null and loss == null',
  'on == 1',
  'not a',
])('%s does not fit', (expression) => {
  expect(fits(expression)).toBe(false)
})

test('what a trial without values lacks fits nothing, whichever way round', () => {
  const asked = trialRow(trialReply(1, { state: 'asked', params: null }))
  for (const expression of ['a > 0', 'a <= 0', 'loss < 1', 'a != 3', 'seconds > 0'])
    expect(compileWhere(expression, search).fits(asked)).toBe(false)
  expect(compileWhere("a == null and state == 'asked'", search).fits(asked)).toBe(true)
})

test.each([
  ['', 1, 'a name, a number or text is missing'],
  ['a >', 4, 'a name, a number or text is missing'],
  ['a > 3 b', 7, 'a comparison has ended here, and and or or is missing'],
  ['(a > 3', 1, 'this bracket is never closed'],
  ['a > 3)', 6, 'a comparison has ended here, and and or or is missing'],
  ['1 < a < 3', 7, 'a comparison has two sides'],
  ['a > `b', 5, 'a name begins here with ` and never ends'],
  ["mode == 'fast", 9, "text begins here with ' and never ends"],
  ['a > 3 and', 10, 'a name, a number or text is missing'],
  ['a % 2', 3, '% means nothing here'],
  ['a > -b', 6, 'a number is missing after -'],
  ['``', 1, 'a name is empty'],
  ['a > 😀', 5, '😀 means nothing here'],
])('%j is refused with column %i', (expression, column, problem) => {
  expect(() => compileWhere(expression, search)).toThrow(
    expect.objectContaining({ code: 'usage', message: `--where, column ${column}: ${problem}`, hint: expect.any(String) }),
  )
})

test('names that no trial had are known at the end, those of parameters and of what came never are', () => {
  const where = compileWhere('a > 1 and rate > 1 and nothing > 1 and failed == state', search)
  expect(where.unseen()).toEqual(['rate', 'nothing', 'failed'])
  where.fits(row)
  // what stands behind a part that does not fit is not looked at
  expect(where.unseen()).toEqual(['nothing', 'failed'])
})

test('whatever is typed is compiled or refused, in time that grows with its length', () => {
  const piece = fc.constantFrom('a', '(', ')', 'not ', '<', '==', "'", '"', '`', '3', '1e', '.', ' and ', ' or ', '-', '\\', '§', '\n')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      try {
        compileWhere(pieces.join(''), search).fits(row)
      } catch (error) {
        expect(error).toBeInstanceOf(DistError)
      }
    }),
  )
  const long = 200_000
  expect(fits(`${'not '.repeat(2 * Math.floor(long / 8))}a == 3`)).toBe(true)
  expect(fits(`a == 3${' and a == 3'.repeat(long / 10)}`)).toBe(true)
  expect(() => fits(`${'('.repeat(long)}a`)).toThrow('more than 100 brackets within each other')
  expect(() => fits(`'${'\\'.repeat(long)}`)).toThrow('never ends')
})
