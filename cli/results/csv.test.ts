import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SearchReply } from '../../shared/api/types.ts'
import { text } from '../../shared/model/value.ts'
import { FakeHead } from '../test-support/fake-head.ts'
import { addSearch, reported } from '../test-support/fake-searches.ts'
import { FakeState } from '../test-support/fake-state.ts'
import { addSearchScene } from '../test-support/search-scene.ts'
import { Csv, type CsvForm } from './csv.ts'
import { csvFormOf } from './csv-form.ts'
import { profileRows } from './row-profile.ts'
import { type TrialRow, trialRow } from './trial-row.ts'

async function* each(rows: readonly TrialRow[]): AsyncGenerator<TrialRow> {
  yield* rows
}

async function csvOf(search: SearchReply, rows: readonly TrialRow[], form: Partial<CsvForm> = {}, bare = false): Promise<string> {
  const csv = new Csv(search, await profileRows(each(rows), search), { ...csvFormOf(search, bare), ...form })
  return csv.header() + rows.map((row) => csv.line(row)).join('')
}

async function scene(): Promise<{ search: SearchReply; rows: readonly TrialRow[] }> {
  const head = await FakeHead.start()
  const { reply, trials } = addSearchScene(head)
  await head.close()
  return { search: reply, rows: trials.filter(({ ended }) => ended !== null).map(trialRow) }
}

test('columns config/<parameter> by default: values with their type, what was sent with its digits', async () => {
  const { search, rows } = await scene()
  expect((await csvOf(search, rows)).split('\r\n')).toEqual([
    'trial_label,trial_path,config/nmda.PYR->BC,config/g,config/n,config/x0_x1,config/mode,loss,rate,spikes',
    'search_00000,ca3_tune/search_00000,0.0010123456789,0.123456789,1,"(1, 0.5)",slow,12.50,3.0,"[1,2]"',
    'search_00001,ca3_tune/search_00001,0.00105,0.5,2,"(2, 0.5)","fast, rough",3.25,4.5,',
    'search_00002,ca3_tune/search_00002,0.00109,0.9,3,"(3, 0.5)",slow,,,',
    'search_00003,ca3_tune/search_00003,0.001061,0.61,4,"(4, 0.5)","fast, rough",0.03125,5.25,',
    'search_00004,ca3_tune/search_00004,0.001099,0.99,5,"(5, 0.5)",slow,NaN,0,',
    'search_00005,ca3_tune/search_00005,0.00107,0.7,4,"(4, 0.5)","fast, rough",0.75,5.0,',
    '',
  ])
})

test('bare as the released batchtools leave it: an index, bare names, the bookkeeping, numbers as floats', async () => {
  const { search, rows } = await scene()
  expect((await csvOf(search, rows.slice(0, 2), {}, true)).split('\n').slice(0, 2)).toEqual([
    ',trial_label,trial_path,nmda.PYR->BC,g,n,x0_x1,mode,saveFolder,simLabel,loss,rate,spikes',
    '0,search_00000,ca3_tune/search_00000,0.0010123456789,0.123456789,1.0,"(1, 0.5)",slow,ca3_tune/search_00000,search_00000,12.5,3.0,"[1, 2]"',
  ])
})

test('bare, a key that was sent under the name of a parameter has one column', async () => {
  const trial = reported(0, [1], '{"loss": 1, "x": 4, "simLabel": "mine"}', { params: [['x', { kind: 'int', value: 3 }]] })
  const state = new FakeState()
  const { reply } = addSearch(state, 1, [trial])
  expect(await csvOf(reply, [trialRow(trial)], {}, true)).toBe(
    ',trial_label,trial_path,x,saveFolder,simLabel,loss\n0,search_00000,tune/search_00000,4.0,tune/search_00000,mine,1.0\n',
  )
})

test('bare, a float is made of whatever can be one', async () => {
  const trial = reported(0, [1e-7], '{"loss": 1e-7, "good": true, "text": "12", "no": null, "who": "x"}', {
    params: [
      ['on', { kind: 'bool', value: false }],
      ['t', text('1e3')],
    ],
  })
  const { reply } = addSearch(new FakeState(), 1, [trial])
  expect(await csvOf(reply, [trialRow(trial)], { groups: ['config', 'data'], keys: [] }, true)).toBe(
    ',on,t,loss,good,text,no,who\n0,0.0,1000.0,1e-07,1.0,12.0,,x\n',
  )
})

test('groups of the report decide, in their order; the machinery comes last where it is wanted', async () => {
  const { search, rows } = await scene()
  const [first = ''] = (await csvOf(search, rows, { groups: ['data', 'path'] })).split('\r\n')
  expect(first).toBe('loss,rate,spikes,trial_label,trial_path')
  const lines = (await csvOf({ ...search, pruneMetadata: false }, rows, { groups: ['path'], machinery: true })).split('\r\n')
  expect(lines[0]).toBe('trial_label,trial_path,state,node,attempts,exit_code,started_at,finished_at,seconds,problem')
  expect(lines[3]).toBe(
    'search_00002,ca3_tune/search_00002,failed,lab2,1,1,2023-11-14T22:13:32.000Z,2023-11-14T22:13:42.000Z,10,exit code 1 and no report',
  )
})

/** RFC 4180. */
function parseCsv(csv: string): string[][] {
  const rows: string[][] = [[]]
  const pattern = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|$)/gy
  while (pattern.lastIndex < csv.length) {
    const found = pattern.exec(csv)
    if (found === null) throw new Error(`no cell in ${JSON.stringify(csv)}`)
    const [, cell = '', end] = found
    rows.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)
    if (end === '\r\n' && pattern.lastIndex < csv.length) rows.push([])
  }
  return rows
}

test('whatever a text holds, it is read back as one cell', async () => {
  const letters = fc.constantFrom('a', '"', ',', '\r', '\n', ' ', 'é', "'", '=')
  const word = fc.array(letters, { minLength: 1, maxLength: 8 }).map((all) => all.join(''))
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(word, { minLength: 1, maxLength: 3 }), word, async (names, said) => {
      const trial = reported(0, [1], JSON.stringify({ loss: 1, said }), { params: names.map((name) => [name, text(name)]) })
      const { reply } = addSearch(new FakeState(), 1, [trial])
      const [titles, cells] = parseCsv(await csvOf(reply, [trialRow(trial)], { groups: ['config', 'data'] }))
      expect(titles).toEqual([...names.map((name) => `config/${name}`), 'loss', 'said'])
      expect(cells).toEqual([...names, '1', said])
    }),
  )
})
