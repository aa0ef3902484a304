// What a call becomes as a jobset file: read back by the file's own reader, types and all.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type JobsetWords, jobsetText } from './jobset-text.ts'
import { parseJobset } from './parse-jobset.ts'

const words: JobsetWords = { namespace: 'lab', capabilities: [], setup: null, resources: {}, entries: [], emptyFolders: [] }
const block = (params: string, more = '') =>
  `{"label": "grid", "job_type": "sh", "run_config": {"command": "python3 run.py"}, "params": ${params}, "algorithm": "grid", "metric": "fx"${more}}`
const read = (text: string) => {
  const parsed = parseJobset(text, { file: 'jobs.yaml', folder: '/' })
  expect(parsed.problems.filter(({ severity }) => severity === 'error')).toEqual([])
  return parsed.jobset?.search
}

test('the file is made for people', () => {
  const params = '{"x0": [0, 3], "both": {"coupled": [[1, 2.0], [2, 4.0]]}, "nmda.PYR->BC": {"uniform": [0.0, 1e-07]}, "s": ["3", "a: b"]}'
  const more = { capabilities: ['neuron', 'mpi'], setup: 'conda activate netpyne', resources: { cores: '2', memory: '4GiB' } }
  const text = jobsetText('grid', block(params), { ...words, ...more, entries: ['run.py', 'mod/'], emptyFolders: ["it's"] })
  expect(text).toBe(`meta:
  batch_name: grid
  namespace: lab
  capabilities: [neuron, mpi]
shell:
  initialize:
    required_files:
      - {path: run.py, alias: project/run.py}
      - {path: mod/, alias: project/mod/}
search:
  label: grid
  job_type: sh
  run_config:
    command: python3 run.py
  params:
    x0: [0, 3]
    both: {coupled: [[1, 2.0], [2, 4.0]]}
    nmda.PYR->BC: {uniform: [0.0, 1e-7]}
    s: ["3", "a: b"]
  algorithm: grid
  metric: fx
  workdir: input/project
  setup: |-
    mkdir -p 'it'\\''s'
    conda activate netpyne
  resources: {cores: 2, memory: 4GiB}
`)
  read(text)
})

test('a command of many lines stays as it is', () => {
  const text = jobsetText('grid', block('{"x": [1]}').replace('python3 run.py', '#!/bin/sh\\necho \\"a\\" > b\\nexit 0'), words)
  expect(read(text)?.command).toBe('#!/bin/sh\necho "a" > b\nexit 0')
})

/** As Python writes it: a float has a point or an exponent. */
const python = (value: number) => (Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value))

test('numbers keep value and type', () => {
  const numbers = fc.oneof(
    fc.maxSafeInteger().map((value) => ({ kind: 'int', value, written: String(value) })),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((value) => ({ kind: 'float', value: value === 0 ? 0 : value, written: python(value === 0 ? 0 : value) })),
  )
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 1, maxLength: 6 }), (list) => {
      const search = read(jobsetText('grid', block(`{"x": {"grid": [${list.map(({ written }) => written).join(', ')}]}}`), words))
      expect(search?.params[0]?.domain).toEqual({
        kind: 'grid',
        values: { kind: 'list', values: list.map(({ kind, value }) => ({ kind, value })) },
      })
    }),
    { numRuns: 60 },
  )
})

test('text stays text', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (list) => {
      // a NUL cannot be sent to any job
      const texts = list.map((one) => `${one.replaceAll('\0', '')}`)
      const search = read(jobsetText('grid', block(`{"x": {"grid": ${JSON.stringify(texts)}}}`), words))
      expect(search?.params[0]?.domain).toEqual({
        kind: 'grid',
        values: { kind: 'list', values: texts.map((value) => ({ kind: 'text', value })) },
      })
    }),
    { numRuns: 60 },
  )
})
