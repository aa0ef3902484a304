// The environment of a trial as a whole, and what it must not inherit.
import { expect, test } from 'vitest'
import { text, typed } from '../model/value.ts'
import { bookkeepingParams, dialects } from './bookkeeping.ts'
import { paramProblems } from './param-problems.ts'
import { answerVariables, isInheritedByMistake } from './talk-back.ts'
import { trialEnvironment } from './trial-environment.ts'
import { paramsJson } from './value-text.ts'

const place = { folder: '/w/out', label: 'search_00007', jobId: 'a1', cores: 5 }

test('a netpyne trial with files', () => {
  const answer = { kind: 'filesystem', folder: '/w/out', label: 'search_00007' } as const
  const params = [['nmda.PYR->BC', { kind: 'float', value: 1 }]] as const
  expect(trialEnvironment(params, [['day', text('mo')]], { delimiter: '*=', keys: dialects.netpyne }, { ...place, answer })).toEqual({
    FLOATRUNTK0: 'nmda.PYR->BC*=1.0',
    STRRUNTK1: 'saveFolder*=/w/out',
    STRRUNTK2: 'simLabel*=search_00007',
    DIST_PARAM_DAY: 'mo',
    DIST_PARAM_NMDA_PYR__BC: '1.0',
    NSLOTS: '5',
    JOBID: 'a1',
    MSGFILE: '/w/out/search_00007.out',
    SGLFILE: '/w/out/search_00007.sgl',
    OUTFILE: '/w/out/search_00007.out',
    signal_file: '/w/out/search_00007.sgl',
  })
})

test('where a job connects to', () => {
  expect(answerVariables({ kind: 'socket', host: '10.0.0.16', port: 41909 }, 'j')).toEqual({ JOBID: 'j', SOCNAME: "('10.0.0.16', 41909)" })
  expect(answerVariables({ kind: 'none' }, 'j')).toEqual({ JOBID: 'j' })
  const path = `/${'s'.repeat(106)}`
  expect(answerVariables({ kind: 'unix', path }, 'j')).toEqual({ JOBID: 'j', SOCNAME: path })
  expect(() => answerVariables({ kind: 'unix', path: `${path}s` }, 'j')).toThrow('at most 107 bytes')
})

test('the keys of each dialect', () => {
  const names = (keys: keyof typeof dialects) =>
    bookkeepingParams(dialects[keys], place).map(([name, value]) => [name, value.kind === 'text' ? value.value : null])
  expect(names('pointers')).toEqual([
    ['_batchtk_path_pointer', '/w/out'],
    ['_batchtk_label_pointer', 'search_00007'],
  ])
  expect(names('none')).toEqual([])
})

test('what another search left in the environment is not inherited', () => {
  const not = (by: 'job' | 'trial') => (name: string) => isInheritedByMistake(name, by)
  const always = ['STRRUNTK0', 'MYRUNTKFOO', 'SOCNAME', 'MSGFILE']
  const trials = ['signal_file', 'JOBID', 'OUTFILE']
  const all = [...always, ...trials, 'PATH', 'OUTFILES', 'DIST_PARAM_A']
  expect(all.filter(not('job'))).toEqual(always)
  expect(all.filter(not('trial'))).toEqual([...always, ...trials])
})

test('params.json keeps the types, and a tuple is a list there', () => {
  const json = paramsJson([
    ['x', { kind: 'float', value: 3 }],
    ['n', typed(3)],
    ['pair', { kind: 'tuple', items: [typed(1), typed('a')] }],
    ['d', typed({ e: null })],
    ['z', { kind: 'float', value: -0 }],
  ])
  expect(json).toBe('{"x":3.0,"n":3,"pair":[1,"a"],"d":{"e":null},"z":-0.0}')
})

test('names that meet, overlap, or are taken', () => {
  const told = (names: readonly string[], delimiter: 'auto' | '*=' = 'auto') =>
    paramProblems(names, delimiter, ['saveFolder']).map(({ index, message }) => `${index}: ${message}`)
  expect(told(['a.b', 'a_b'])).toEqual(["1: 'a.b' and 'a_b' would both be DIST_PARAM_A_B"])
  expect(told(['foo.bar.baz', 'foo', 'food'])).toEqual(["0: 'foo' and 'foo.bar.baz' overlap: which is applied first is not defined"])
  expect(told(['saveFolder', 'saveFolder.x'])).toHaveLength(2)
  expect(told(['a=b', '__proto__'])).toHaveLength(2)
  expect(told(['a=b'], '*=')).toEqual([])
  expect(told(['xn.0', 'xn.1', 'nmda.PYR->BC', 'nmda.BC->PYR'])).toEqual([])
})
