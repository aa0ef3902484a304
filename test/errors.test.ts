// Proves that docs/errors.md has a row for every error code, with the facts that error-codes.ts states.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorCodes } from '../shared/base/error-codes.ts'
import { root } from './support/programs.ts'

/** code -> [status, consequence, what to do], from the rows "| `code` | 400 | give up | … | … |" */
function rows(): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(root, 'docs', 'errors.md'), 'utf8')
  return new Map([...text.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, code = '', rest = '']) => [code, rest.split(' | ')]))
}

test('docs/errors.md has a row for every code and no other', () => {
  expect([...rows().keys()]).toEqual(Object.keys(errorCodes))
})

test('every row states the HTTP status and the consequence of its code', () => {
  const stated = Object.fromEntries([...rows()].map(([code, [status, consequence]]) => [code, { status: Number(status), consequence }]))
  expect(stated).toEqual(errorCodes)
})

test('every row says what it means and what to do', () => {
  expect([...rows()].filter(([, cells]) => cells.length !== 4 || cells.slice(2).some((cell) => cell.length < 10))).toEqual([])
})
