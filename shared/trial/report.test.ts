// Reading what jobs report, in all its forms.
import { expect, test } from 'vitest'
import { metricReport, newMetricLines, pushOutput } from './metric-lines.ts'
import { measure, parseReport } from './report.ts'

const loss = [{ name: 'loss', mode: 'min' }] as const
const measured = (text: string) => measure(parseReport('frame', text), loss)

test('an object of numbers', () => {
  const report = parseReport('frame', '{"x0": 0, "loss": 1.5e-3}\n')
  expect(report.data).toEqual({ x0: 0, loss: 0.0015 })
  expect(measure(report, loss)).toEqual({ kind: 'values', values: [0.0015] })
  expect(measure(report, [...loss, { name: 'x0', mode: 'max' }])).toEqual({ kind: 'values', values: [0.0015, 0] })
})

test('what is no object is kept as it came', () => {
  expect(parseReport('frame', 'message').data).toEqual({ _raw: 'message' })
  expect(parseReport('frame', '[1, 2]').data).toEqual({ _raw: [1, 2] })
  expect(parseReport('frame', '').data).toEqual({ _raw: '' })
  expect(measured('message')).toEqual({ kind: 'bad', reason: 'the job sent "message", which has no loss' })
})

test('a metric that is no finite number is bad, and the message shows it', () => {
  expect(measured('{"loss": NaN, "note": "NaN stays, \\"Infinity\\" too"}')).toEqual({
    kind: 'bad',
    reason: 'loss is "NaN", which is no finite number',
  })
  expect(parseReport('frame', '{"a": -Infinity, "b": ["NaN", NaN]}').data).toEqual({ a: '-Infinity', b: ['NaN', 'NaN'] })
  for (const value of ['"3"', 'true', 'null', '[1]', '1e999']) expect(measured(`{"loss": ${value}}`).kind).toBe('bad')
  expect(measured('{"los": 1, "fx": 2}')).toEqual({ kind: 'bad', reason: 'the job sent no loss, but los, fx' })
  expect(measured('{}')).toEqual({ kind: 'bad', reason: 'the job sent an empty object, without loss' })
})

test('of a file that is no JSON as a whole, the last line counts', () => {
  expect(parseReport('file', 'start\n{"loss": 1}\n').data).toEqual({ loss: 1 })
  expect(parseReport('file', '{\n "loss": 2\n}').data).toEqual({ loss: 2 })
  expect(parseReport('file', 'a\nb').data).toEqual({ _raw: 'a\nb' })
})

test('metric lines in output that comes in pieces', () => {
  const lines = newMetricLines()
  for (const piece of [
    'x\nDIST_MET',
    'RIC loss=0.1',
    '2\r\n 50%\rDIST_METRIC acc=9',
    'e-1 n=3 loss=7\nnot DIST_METRIC a=1\n',
    'DIST_METRIC last=nan',
  ])
    pushOutput(lines, piece)
  expect(metricReport(lines)).toMatchObject({ source: 'lines', data: { loss: 0.12, acc: 0.9, n: 3, last: 'nan' } })
})

test('metric lines as JSON, without values, and none', () => {
  const lines = newMetricLines()
  pushOutput(lines, 'DIST_METRIC {"loss": 0.5, "note": "a b"}\nDIST_METRIC\nDIST_METRIC foo =3\n')
  expect(metricReport(lines)?.data).toEqual({ loss: 0.5, note: 'a b' })
  expect(metricReport(newMetricLines())).toBeNull()
})

test('output without line ends takes no memory', () => {
  const lines = newMetricLines()
  for (let i = 0; i < 100; i++) pushOutput(lines, 'x'.repeat(10_000))
  expect(lines.rest.length).toBe(65_536)
  pushOutput(lines, '\nDIST_METRIC loss=1')
  expect(metricReport(lines)?.data).toEqual({ loss: 1 })
})
