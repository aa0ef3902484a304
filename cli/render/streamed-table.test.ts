import { expect, test } from 'vitest'
import { StreamedTable } from './streamed-table.ts'
import { renderTable } from './table.ts'

const columns = [{ title: 'JOB', shrink: 6 }, { title: 'N', align: 'right' }, { title: 'HOW' }] as const
const plain = (text: string) => text
const rows = [
  ['a', '1', 'done'],
  ['bbbb', '10', ''],
]

test('one page is the plain table', () => {
  for (const width of [null, 12]) {
    const options = { width, paintTitle: plain }
    expect(new StreamedTable(columns, options).lines(rows)).toEqual(renderTable(columns, rows, options))
  }
})

test('later pages keep the columns, and make them wider where they must', () => {
  const table = new StreamedTable(columns, { width: null, paintTitle: plain })
  expect([
    ...table.lines(rows),
    ...table.lines([['c', '2', 'x']]),
    ...table.lines([['dddddd', '3', 'y']]),
    ...table.lines([['e', '4', 'z']]),
  ]).toEqual(['JOB    N  HOW', 'a      1  done', 'bbbb  10', 'c      2  x', 'dddddd   3  y', 'e        4  z'])
})

test('no row, only the title', () => {
  expect(new StreamedTable(columns, { width: 80, paintTitle: plain }).lines([])).toEqual(['JOB  N  HOW'])
})
