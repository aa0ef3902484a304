// How a trial is judged from what it left. That agents judge alike, whoever comes back: test/contract/agent-trial-messages.test.ts.
import { expect, test } from 'vitest'
import { judge, type Remains, type Source } from './judge.ts'
import type { TrialNote } from './trial-note.ts'

const note: TrialNote = { trial: { number: 7, label: 's_00007', params: [] }, metrics: [{ name: 'loss', mode: 'min' }] }
const file = (path: string, text: string): Remains['files'][number] => {
  const data = Buffer.from(text)
  return { path, size: data.length, source: { kind: 'data', data } }
}
const left = (more: Partial<Remains> = {}): Remains => ({
  outcome: { kind: 'succeeded' },
  output: [],
  files: [],
  frames: [],
  broken: null,
  ...more,
})

test('of several reports that have the metric, a message counts before a file, that before results.json, that before lines', async () => {
  const output = [{ kind: 'data', data: Buffer.from('DIST_METRIC loss=4\n') }] as const
  const files = [file('s_00007.out', '{"loss": 2}'), file('results.json', '{"loss": 3}')]
  const value = async (more: Partial<Remains>) => (await judge(note, left(more))).end
  expect(await value({ output, files, frames: ['{"loss": 1}'] })).toMatchObject({ values: [1] })
  expect(await value({ output, files })).toMatchObject({ values: [2] })
  expect(await value({ output, files: files.slice(1) })).toMatchObject({ values: [3] })
  expect(await value({ output })).toMatchObject({ values: [4] })
  expect(await value({ output, frames: ['hello'] })).toMatchObject({ values: [4] })
  expect(await value({})).toMatchObject({ kind: 'no_result' })
})

test('a report that is too long for a message is told by what a table shows', async () => {
  const long = JSON.stringify({ trace: 'x'.repeat(600_000), rates: [1, 2], loss: 1, name: 'short' })
  const { end, report } = await judge(note, left({ frames: [long] }))
  expect(end).toMatchObject({ values: [1] })
  expect(report).toEqual({ source: 'frame', text: '{"loss":1,"name":"short"}' })
  const short = await judge(note, left({ frames: ['{"loss": 1.0}'] }))
  expect(short.report?.text).toBe('{"loss": 1.0}')
})

test('nobody looks into a report that is very long, nor into one that does not count any more', async () => {
  const long = JSON.stringify({ loss: 1, trace: 'x'.repeat(8 << 20) })
  const reason = 'the job sent "8388629 bytes, more than the 8 MiB of a report", which has no loss'
  expect((await judge(note, left({ frames: [long] }))).end).toMatchObject({ kind: 'bad_metric', reason })
  expect((await judge(note, left({ files: [file('results.json', long)] }))).end).toMatchObject({ kind: 'bad_metric', reason })
  expect((await judge(note, left({ frames: [long], files: [file('results.json', '{"loss": 2}')] }))).end).toMatchObject({ values: [2] })
  let looks = 0
  const source: Source = { kind: 'data', data: Buffer.from('{}') }
  const results = {
    path: 'results.json',
    size: 2,
    get source() {
      looks++
      return source
    },
  }
  const files = [results]
  expect((await judge(note, left({ frames: ['{"loss": 1}'], files }))).end).toMatchObject({ values: [1] })
  expect(looks).toBe(0)
  await judge(note, left({ frames: ['hello'], files }))
  expect(looks).toBeGreaterThan(0)
})

test('no answer is too long for a message, however long its sentences are and much its report has to be escaped', async () => {
  const long = 'y'.repeat(1 << 20)
  const broken = await judge(note, left({ broken: { message: long, hint: long } }))
  expect([broken.end, broken.broken].map((part) => JSON.stringify(part).length).filter((length) => length > 4100)).toEqual([])
  const lost = await judge(note, left({ outcome: { kind: 'lost', reason: long }, frames: ['{"loss": 1}'] }))
  expect(lost.end).toMatchObject({ kind: 'reported', warning: expect.stringMatching(/^lost: y{1993}…$/) })
  const escaped = await judge(note, left({ frames: ['\u0001'.repeat(500_000)] }))
  expect(escaped).toMatchObject({ end: { kind: 'bad_metric' }, report: null })
})

test('where batchtools cannot work nothing else counts', async () => {
  const broken = { message: 'no sklearn', hint: 'pip' }
  const end = { kind: 'failed', reason: 'no sklearn', retry: null }
  expect(await judge(note, left({ broken, outcome: { kind: 'failed', exitCode: 78, signal: null } }))).toEqual({
    end,
    report: null,
    broken,
  })
})
