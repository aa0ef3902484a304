import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import { textWidth } from '../render/text-width.ts'
import { addSearch, reported, trialReply } from '../test-support/fake-searches.ts'
import { FakeState } from '../test-support/fake-state.ts'
import { trialRow } from './trial-row.ts'
import { TrialTable } from './trial-table.ts'

const params = Array.from({ length: 14 }, (_, k): [string, { kind: 'float'; value: number }] => [
  `layer.${k}.conductance_of_the_synapse`,
  { kind: 'float', value: 1 / (k + 3) },
])
const first = [
  reported(0, [1 / 3], '{"loss": 0.333, "rate": 5, "a_long_key_of_what_was_sent": "and a long text that goes on and on and on and on"}', {
    params,
  }),
]
const later = [
  ...first,
  trialReply(99_999, {
    state: 'params_mismatch',
    params,
    node: 'workstation-of-the-second-floor',
    reason: `${'x'.repeat(300)}\u001b[31m`,
    ended: 9,
  }),
]
const { reply } = addSearch(new FakeState(), 1, first)
const tableOf = (width: number | null) =>
  new TrialTable(reply, first.map(trialRow), { width, palette: picocolors.createColors(false), now: 0 })

test.each([40, 60, 80, 120, 200, 400])('fits %i columns, also with rows that come later, and names what found no room', (width) => {
  const table = tableOf(width)
  const lines = [...table.lines(first.map(trialRow)), ...table.lines(later.map(trialRow))]
  for (const line of lines) expect(textWidth(line), line).toBeLessThanOrEqual(width)
  expect(lines.join('\n')).not.toContain('\u001b')
  expect(lines[0]).toMatch(/^ *TRIAL {2}STATE .*loss/)
  const shown = params.filter(([name]) => !table.hidden.includes(name))
  expect(shown.length).toBe(width === 400 ? 14 : 14 - table.hidden.filter((name) => name.startsWith('layer')).length)
  // of the parameters the first ones are shown
  expect(shown).toEqual(params.slice(0, shown.length))
})

test('in a pipe everything has its column, whole', () => {
  const table = tableOf(null)
  expect(table.hidden).toEqual([])
  const [title = '', line = ''] = table.lines(later.map(trialRow))
  for (const [name] of params) expect(title).toContain(name)
  expect(line).toContain('0.333333')
  expect(line).toContain('lab1')
})
