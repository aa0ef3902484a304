import { expect, test } from 'vitest'
import { renderTable } from './table.ts'

const noPaint = (text: string) => text
const options = (width: number | null) => ({ width, paintTitle: noPaint })

test('columns are aligned, numbers to the right, without trailing spaces', () => {
  const lines = renderTable(
    [{ title: 'NAME' }, { title: 'N', align: 'right' }, { title: 'WHY' }],
    [
      ['a', '5', ''],
      ['long', '10', 'x'],
    ],
    options(null),
  )
  expect(lines).toEqual(['NAME   N  WHY', 'a      5', 'long  10  x'])
})

test('the widest column that may shrink gives way until the table fits', () => {
  const lines = renderTable([{ title: 'NAME', shrink: 4 }, { title: 'STATE' }], [['a_rather_long_name', 'running']], options(20))
  expect(lines).toEqual(['NAME         STATE', 'a_rather_l…  running'])
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(20)
})

test('a column that may not shrink is never cut', () => {
  const lines = renderTable([{ title: 'A' }, { title: 'B' }], [['aaaaaaaa', 'bbbbbbbb']], options(5))
  expect(lines[1]).toBe('aaaaaaaa  bbbbbbbb')
})

test('colours do not count as width', () => {
  const red = (text: string) => `<${text}>`
  const lines = renderTable(
    [{ title: 'A' }, { title: 'B' }],
    [
      [{ text: 'x', paint: red }, 'y'],
      ['xx', 'y'],
    ],
    options(null),
  )
  expect(lines.slice(1)).toEqual(['<x>   y', 'xx  y'])
})

test('wide letters count double and control characters are replaced', () => {
  const lines = renderTable(
    [{ title: 'A' }, { title: 'B' }],
    [
      ['日本', 'y'],
      ['\x1b[2J', 'z'],
    ],
    options(null),
  )
  expect(lines.slice(1)).toEqual(['日本  y', '\ufffd[2J  z'])
})
