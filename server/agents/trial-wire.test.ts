// What a node may tell of a trial, and what of it is believed.
import { expect, test } from 'vitest'
import { defaultOptions } from '../../shared/model/options.ts'
import type { TrialJob } from '../../shared/model/trial.ts'
import { int } from '../../shared/model/value.ts'
import { assignBytes, fromAssign } from './assign-wire.ts'
import { toTrialResult } from './trial-wire.ts'

const told = (value: unknown) => toTrialResult(JSON.stringify(value))
const reported = { kind: 'reported', values: [1, -2.5], warning: null }
const failed = { kind: 'failed', reason: 'exit code 1', retry: 'exit' }

test('a whole result is taken as it is', () => {
  const whole = { end: reported, report: { source: 'file', text: '{"loss": 1}' }, broken: null }
  expect(told(whole)).toEqual(whole)
  const broken = { end: failed, report: null, broken: { message: 'no batchtk', hint: 'pip install batchtk' } }
  expect(told(broken)).toEqual(broken)
})

test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['no object', '[]'],
  ['no end', '{}'],
  ['an end of an unknown kind', '{"end": {"kind": "won"}}'],
  ['values that are no list', '{"end": {"kind": "reported", "values": 1}}'],
  ['a value that is no number', '{"end": {"kind": "reported", "values": ["1"]}}'],
  ['a value that is not finite', '{"end": {"kind": "reported", "values": [1e999]}}'],
  ['too many values', JSON.stringify({ end: { ...reported, values: new Array(101).fill(1) } })],
])('%s is nothing', (_, json) => {
  expect(toTrialResult(json)).toBeNull()
})

test('parts that cannot be used are left out, long ones are cut', () => {
  expect(told({ end: { kind: 'lost', retry: 'often' }, report: { source: 'mail', text: '' }, broken: 'yes' })).toEqual({
    end: { kind: 'lost', reason: 'lost', retry: null },
    report: null,
    broken: null,
  })
  const long = told({
    end: { ...failed, reason: 'x'.repeat(9000) },
    report: { source: 'lines', text: 'x'.repeat(2 << 20) },
    broken: { message: 'm' },
  })
  expect(long).toMatchObject({ end: { reason: 'x'.repeat(2000) }, report: null, broken: { message: 'm', hint: '' } })
  expect(told({ end: { ...reported, warning: 7 } })?.end).toEqual(reported)
})

test('a trial goes with its job, and its size is counted', () => {
  const trial: TrialJob = { number: 3, label: 'search_00003', params: [['x', int(1)]] }
  const spec = { name: trial.label, script: null, run: 'true', files: [], slurm: null, needs: [], options: null }
  const grant = { slot: 0, cores: 1, whole: false, memory: null, gpus: [], disk: null }
  const message = { kind: 'assign', attempt: 'a' as never, jobset: 1 as never, uid: 'u' as never, grant, number: 1 } as const
  expect(fromAssign({ ...message, spec: { ...spec, trial } }, defaultOptions).trial_json).toBe(JSON.stringify(trial))
  expect(fromAssign({ ...message, spec }, defaultOptions)).not.toHaveProperty('trial_json')
  const more = assignBytes({ ...message, spec: { ...spec, trial } }) - assignBytes({ ...message, spec })
  expect(more).toBe(JSON.stringify(trial).length)
})
