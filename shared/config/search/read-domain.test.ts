// What each form of a parameter means, under each kind of algorithm.
import { expect, test } from 'vitest'
import type { SearchParam } from '../../model/domain.ts'
import { parseJobset } from '../parse-jobset.ts'

const meta = 'meta: {batch_name: b, namespace: n}\n'

/** The domains of one line each, under an algorithm. */
function domains(lines: readonly string[], algorithm = 'grid'): readonly SearchParam['domain'][] {
  const params = lines.map((line, index) => `    p${index}: ${line}\n`).join('')
  const { jobset, problems } = parseJobset(`${meta}shell:\nsearch:\n  command: x\n  algorithm: ${algorithm}\n  params:\n${params}`, {
    file: 'j',
    folder: '/',
    notYet: new Set(),
  })
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  return (jobset?.search?.params ?? []).map(({ domain }) => domain)
}

test('a list means what the algorithm makes of it', () => {
  const lists = ['[0, 3]', '[0, 1, 2]', '[a, b]', '{range: [0, 2]}', '{coupled: [[0, 1]]}']
  const kinds = (algorithm: string) => domains(lists, algorithm).map(({ kind }) => kind)
  expect(kinds('grid')).toEqual(['grid', 'grid', 'grid', 'grid', 'grid'])
  expect(kinds('variant_generator')).toEqual(kinds('grid'))
  expect(kinds('random')).toEqual(['float', 'grid', 'grid', 'grid', 'grid'])
  for (const algorithm of ['optuna', 'lhs']) expect(kinds(algorithm)).toEqual(['float', 'choice', 'choice', 'choice', 'choice'])
})

test('every form of numbers', () => {
  const float = (low: number, high: number, log = false, step: number | null = null) => ({ kind: 'float', low, high, log, step })
  const int = (low: number, high: number, log = false, step = 1) => ({ kind: 'int', low, high, log, step })
  const grid = (values: object) => ({ kind: 'grid', values })
  const cases: readonly (readonly [string, object])[] = [
    ['{range: 10}', grid({ kind: 'range', start: 0, step: 1, count: 10 })],
    ['{range: [5, 0, -2]}', grid({ kind: 'range', start: 5, step: -2, count: 3 })],
    ['{arange: [0, 1, 0.25]}', grid({ kind: 'arange', start: 0, step: 0.25, count: 4 })],
    ['{arange: [0, 4, 2]}', grid({ kind: 'range', start: 0, step: 2, count: 2 })],
    ['{linspace: [0, 1, 5]}', grid({ kind: 'linspace', start: 0, stop: 1, count: 5 })],
    ['{logspace: [0, 3, 4], base: 2}', grid({ kind: 'logspace', start: 0, stop: 3, count: 4, base: 2 })],
    ['{uniform: [0, 1]}', float(0, 1)],
    ['{uniform: [0, 1], step: 0.1}', float(0, 1, false, 0.1)],
    ['{loguniform: [1e-4, 1]}', float(1e-4, 1, true)],
    ['{quniform: [0, 1, 0.1]}', float(0, 1, false, 0.1)],
    ['{qloguniform: [1, 10, 2]}', float(1, 10, true, 2)],
    ['{int: [1, 10]}', int(1, 10)],
    ['{int: [1, 64], log: true}', int(1, 64, true)],
    ['{randint: 10}', int(0, 9)],
    ['{randint: [1, 10]}', int(1, 9)],
    ['{qrandint: [0, 10, 5]}', int(0, 10, false, 5)],
    ['{lograndint: [1, 100]}', int(1, 99, true)],
    ['{qlograndint: [1, 101, 10]}', int(1, 101, true, 10)],
    ['{normal: [0, 1]}', { kind: 'normal', mean: 0, sd: 1, step: null }],
    ['{qrandn: [0, 1, 0.5]}', { kind: 'normal', mean: 0, sd: 1, step: 0.5 }],
    ['{constant: {a: 1}}', { kind: 'constant', value: { kind: 'map', entries: [['a', { kind: 'int', value: 1 }]] } }],
    [
      '{grid: [[1, 2], ~, "3"]}',
      grid({
        kind: 'list',
        values: [
          {
            kind: 'list',
            items: [
              { kind: 'int', value: 1 },
              { kind: 'int', value: 2 },
            ],
          },
          { kind: 'null' },
          { kind: 'text', value: '3' },
        ],
      }),
    ],
  ]
  expect(domains(cases.map(([written]) => written))).toEqual(cases.map(([, domain]) => domain))
})

test('JSON keeps 3 and 3.0 apart too', () => {
  const json =
    '{"meta": {"batch_name": "b", "namespace": "n"}, "shell": null, "search": {"command": "x", "params": {"a": 3, "b": 3.0, "c": [1.0, 2]}}}'
  const { jobset } = parseJobset(json, { file: 'j', folder: '/', notYet: new Set() })
  expect(jobset?.search?.params.map(({ domain }) => domain)).toEqual([
    { kind: 'constant', value: { kind: 'int', value: 3 } },
    { kind: 'constant', value: { kind: 'float', value: 3 } },
    {
      kind: 'grid',
      values: {
        kind: 'list',
        values: [
          { kind: 'float', value: 1 },
          { kind: 'int', value: 2 },
        ],
      },
    },
  ])
})
