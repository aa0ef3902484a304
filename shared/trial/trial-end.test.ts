// Every way in which a trial ends.
import { expect, test } from 'vitest'
import type { Outcome } from '../model/outcome.ts'
import { type Params, typed } from '../model/value.ts'
import { parseReport, type ReportSource } from './report.ts'
import { judgeTrial } from './trial-end.ts'

const loss = [{ name: 'loss', mode: 'min' }] as const
const ok: Outcome = { kind: 'succeeded' }
const exit1: Outcome = { kind: 'failed', exitCode: 1, signal: null }

function judge(
  outcome: Outcome,
  reports: readonly (readonly [ReportSource, string])[],
  params: Params = [],
  metrics: Parameters<typeof judgeTrial>[0]['metrics'] = loss,
) {
  return judgeTrial({ outcome, reports: reports.map(([source, text]) => parseReport(source, text)), params, metrics }).end
}

test('a report beats the exit code, which stays as a warning', () => {
  expect(judge(ok, [['frame', '{"loss": 1}']])).toEqual({ kind: 'reported', values: [1], warning: null })
  expect(judge(exit1, [['frame', '{"loss": 1}']])).toEqual({ kind: 'reported', values: [1], warning: 'failed: exit code 1' })
  expect(judge({ kind: 'timeout' }, [['file', '{"loss": 1}']])).toMatchObject({ kind: 'reported', warning: 'timeout' })
})

test('without a report the job decides, and 0 is no result', () => {
  expect(judge(ok, [])).toEqual({ kind: 'no_result', reason: 'the job ended with 0 and reported nothing: loss is missing', retry: null })
  expect(judge(exit1, [])).toEqual({ kind: 'failed', reason: 'failed: exit code 1', retry: 'exit' })
  expect(judge({ kind: 'oom' }, [])).toMatchObject({ kind: 'failed', retry: 'oom' })
  expect(judge({ kind: 'timeout' }, [])).toMatchObject({ kind: 'timeout', retry: 'timeout' })
  expect(judge({ kind: 'lost', reason: 'node n1' }, [])).toEqual({ kind: 'lost', reason: 'lost: node n1', retry: 'lost' })
  expect(judge({ kind: 'cancelled' }, [])).toMatchObject({ kind: 'cancelled', retry: null })
  expect(judge({ kind: 'build_failed', reason: 'x' }, [])).toMatchObject({ kind: 'failed', retry: null })
})

test('a search without metrics asks for success only', () => {
  expect(judge(ok, [], [], [])).toEqual({ kind: 'reported', values: [], warning: null })
  expect(judge(exit1, [], [], [])).toMatchObject({ kind: 'failed' })
})

test('the first complete report wins, whatever else came', () => {
  expect(
    judge(ok, [
      ['lines', '{"loss": 4}'],
      ['results', '{"loss": 3}'],
      ['file', '{"loss": 2}'],
      ['frame', 'hello'],
      ['frame', '{"loss": 1}'],
      ['frame', '{"loss": 0}'],
    ]),
  ).toMatchObject({ values: [1] })
  expect(
    judge(ok, [
      ['frame', 'hello'],
      ['results', '{"loss": 3}'],
    ]),
  ).toMatchObject({ values: [3] })
  expect(judge(exit1, [['frame', '{"fx": 3}']])).toMatchObject({ kind: 'bad_metric', reason: 'the job sent no loss, but fx' })
})

test('a parameter that comes back with another value was not applied', () => {
  const params: Params = [
    ['x0', typed(3)],
    ['pair', { kind: 'tuple', items: [typed(1), { kind: 'float', value: 0.1 }] }],
    ['s', typed('a')],
    ['on', typed(true)],
  ]
  const sent = (text: string, source: ReportSource = 'frame') => judge(ok, [[source, text]], params).kind
  expect(judge(ok, [['frame', '{"x0": 1, "loss": 0}']], params)).toEqual({
    kind: 'params_mismatch',
    reason: 'x0 was sent as 3 and came back as 1',
    retry: null,
  })
  const long = judge(ok, [['frame', JSON.stringify({ x0: 'y'.repeat(1 << 20), loss: 0 })]], params)
  expect(long).toMatchObject({ reason: `x0 was sent as 3 and came back as "${'y'.repeat(76)}…` })
  expect(sent('{"x0": 3.0, "pair": [1, 0.10000000149011612], "s": "a", "on": 1, "loss": 0}')).toBe('reported')
  expect(sent('{"x0": "3", "loss": 0}')).toBe('reported')
  for (const other of ['"pair": [1]', '"pair": [1, 0.2]', '"s": "b"', '"on": false', '"x0": null'])
    expect(sent(`{${other}, "loss": 0}`)).toBe('params_mismatch')
  // a plain job's own file has nothing to do with how batchtk reads variables
  expect(sent('{"x0": 1, "loss": 0}', 'results')).toBe('reported')
})
