// Good and bad files, with the exact words that users get.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ParseResult, parseJobset } from './parse-jobset.ts'

const options = { file: 'jobs.yaml', folder: '/home/anna/sweep' }
const parse = (text: string): ParseResult => parseJobset(text, options)

function told(text: string): string[] {
  return parse(text).problems.map(({ line, column, path, message, hint }) => {
    return `${line}:${column}: ${path === '' ? '' : `${path}: `}${message}${hint === undefined ? '' : ` | ${hint}`}`
  })
}

const meta = 'meta: {batch_name: b, namespace: n}\n'
const job = (text: string): string => `${meta}python:\n  jobs:\n    - ${text}\n`
const init = (text: string): string => `${meta}python:\n  initialize: ${text}\n  jobs: [{name: j, file: run.py}]\n`

test('a jobset in every detail', () => {
  const { jobset, problems, name } = parse(`---
meta:
  batch_name: sweep
  namespace: anna
  matrix: "@anna:lab.org"
  capabilities: [gfortran, "cuda>=12", '!wifi', gfortran]
python:
  initialize:
    build_file: {path: /opt/build.py, alias: ~}
    required_files:
      - path: ../mesh_v3.msh
        alias: mesh.msh
      - helpers/
  jobs:
    - name: re_100
      file: run.py
      required_files:
        - {path: re_100.json, alias: deep/input.json}
      slurm: {nodes: 2, time: 00:30:00, hint: ~}
    - name: re_200
      file: {path: run.py}
slurm: {partition: short}
`)
  expect(problems).toEqual([])
  expect(name).toEqual({ namespace: 'anna', batchName: 'sweep' })
  expect(jobset).toMatchObject({
    kind: 'python',
    meta: { batchName: 'sweep', namespace: 'anna', matrix: '@anna:lab.org', capabilities: ['gfortran', 'cuda>=12', '!wifi'] },
    initialize: {
      buildFile: { name: 'build.py', source: '/opt/build.py' },
      files: [
        { name: 'mesh.msh', source: '/home/anna/mesh_v3.msh' },
        { name: 'helpers', source: '/home/anna/sweep/helpers' },
      ],
    },
    options: { demand: { cores: 'all', memory: null, gpus: 0, disk: null } },
    slurm: { partition: 'short' },
    jobs: [
      {
        name: 're_100',
        script: { name: 'run.py', source: '/home/anna/sweep/run.py' },
        files: [{ name: 'deep/input.json', source: '/home/anna/sweep/re_100.json' }],
        slurm: { nodes: 2, time: '00:30:00' },
      },
      { name: 're_200', script: { name: 'run.py' }, files: [], slurm: null },
    ],
  })
})

test.each([
  [
    'lists, alias, matrix and slurm may be null',
    `${init('{build_file: ~, required_files: ~}').replace('n}', 'n, matrix: ~, capabilities: ~}')}slurm: ~`,
  ],
  ['initialize may be absent', job('{name: j, file: run.py}')],
  ['initialize may be null', init('~')],
  ['a job may have null lists', job('{name: j, file: {path: run.py, alias: ~}, required_files: ~, slurm: ~}')],
  ['an optional key of a later version may be null', job('{name: j, file: run.py, sandbox: ~}')],
  ['a byte order mark and Windows line ends are fine', `\ufeff${init('{}')}`.replaceAll('\n', '\r\n')],
])('%s', (_, text) => {
  expect(told(text)).toEqual([])
  expect(parse(text).jobset).not.toBeNull()
})

test.each([
  ['1.50', '1.50'],
  ['007', '007'],
  ['true', 'true'],
  ['null', 'null'],
  ['1e3', '1e3'],
  ['0x1F', '0x1F'],
  ['2020-01-01', '2020-01-01'],
  ['12:30', '12:30'],
  ['"quoted"', 'quoted'],
])('the unquoted name %s is taken as it is written', (written, name) => {
  expect(parse(job(`name: ${written}\n      file: run.py`)).jobset?.jobs[0]?.name).toBe(name)
})

test('numbers as names keep their spelling in JSON too', () => {
  const text = '{"meta": {"batch_name": 1.50, "namespace": true}, "python": {"jobs": [{"name": 1e3, "file": "run.py"}]}}'
  expect(parse(text).jobset).toMatchObject({ meta: { batchName: '1.50', namespace: 'true' }, jobs: [{ name: '1e3' }] })
})

test('JSON and YAML of one jobset are one jobset', () => {
  const value = {
    meta: { batch_name: 'b', namespace: 'n', capabilities: ['python3'], matrix: null },
    python: {
      initialize: { build_file: 'build.py', required_files: [{ path: 'a/x', alias: 'y' }] },
      jobs: [{ name: 'j', file: { path: 'run.py' }, slurm: { nodes: 4 } }],
    },
  }
  const fast = parse(JSON.stringify(value))
  const slow = parse(`# comment\n${JSON.stringify(value)}`)
  const plain = (result: ParseResult) => JSON.stringify(result.jobset).replaceAll(/"at":-?\d+,?/g, '')
  expect(fast.draft.placed).toBe(false)
  expect(slow.draft.placed).toBe(true)
  expect(plain(fast)).toBe(plain(slow))
})

test('anchors, aliases and merge keys work', () => {
  const { jobset, problems } = parse(`${meta}python:
  jobs:
    - &base {name: a, file: run.py, required_files: &files [x, y]}
    - {<<: *base, name: b}
    - {name: c, file: run.py, required_files: *files}
`)
  expect(problems).toEqual([])
  expect(jobset?.jobs.map(({ name, files }) => [name, files.length])).toEqual([
    ['a', 2],
    ['b', 2],
    ['c', 2],
  ])
  // an alias costs nothing: it is the same list
  expect(jobset?.jobs[2]?.files).toBe(jobset?.jobs[0]?.files)
})

test('the names can be read of a file that is otherwise wrong', () => {
  const { jobset, name } = parse(`${meta}python: {jobs: []}`)
  expect(jobset).toBeNull()
  expect(name).toEqual({ namespace: 'n', batchName: 'b' })
})

test.each(['', '\n', '# hello\n', '~', '---\n'])('the empty file %j is told what to start from', (text) => {
  expect(told(text)).toEqual(['1:1: the file is empty | `dist template python` prints one to start from'])
})

test('all problems are told at once, in the order of the file', () => {
  const lines = told('python:\n  jobs:\n    - {name: a/b, file: f}\n    - {nam: c}\nmeta: {batch_name: .x, namespace: 3}\nextra: 1\n')
  expect(lines.map((line) => line.split(':', 3).join(':'))).toEqual([
    '3:14: python.jobs[0].name',
    '4:7: python.jobs[1]',
    '4:8: python.jobs[1].nam',
    '5:20: meta.batch_name',
    '6:1: extra',
  ])
})

test('one mistake in ten thousand jobs is told ten times and then counted', () => {
  const jobs = Array.from({ length: 10_000 }, (_, i) => `    - {name: j${i}, file: f, colour: x}\n`).join('')
  const lines = told(`${meta}python:\n  jobs:\n${jobs}`)
  expect(lines).toHaveLength(10)
  expect(lines[9]).toContain("unknown key 'colour' (and in 9990 more places)")
})

test('an alias bomb is refused soon', () => {
  const list = Array.from({ length: 4000 }, (_, i) => `f${i}`).join(', ')
  const jobs = Array.from({ length: 4000 }, (_, i) => `    - {name: j${i}, file: f, required_files: *many}\n`).join('')
  const lines = told(`${meta}python:\n  initialize: {required_files: &many [${list}]}\n  jobs:\n${jobs}`)
  expect(lines[0]).toContain('the file stands for more than 5000000 values')
})

test('deep nesting is refused and not followed', () => {
  const nested = (depth: number) => `meta: ${'['.repeat(depth)}${']'.repeat(depth)}`
  expect(told(nested(60))).toContain('1:57: is nested more than 50 levels deep')
  expect(parse(nested(20_000)).jobset).toBeNull()
})

test('random text never throws: it is a jobset or has an error', () => {
  const piece = fc.constantFrom(
    'meta',
    'python',
    'jobs',
    ':',
    ' ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '@',
    '!',
    '&a',
    '*a',
    '<<',
    '~',
    ',',
    '\t',
    '#',
    '|',
    '\0',
    'ü',
  )
  const structured = fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 60 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.oneof(structured, fc.string(), fc.json()), (text) => {
      const { jobset, problems } = parse(text)
      expect(jobset !== null || problems.some(({ severity }) => severity === 'error')).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('random values in the place of parts never throw', () => {
  const value = fc.jsonValue({ maxDepth: 2 })
  const shape = fc.record({
    meta: fc.oneof(value, fc.record({ batch_name: value, namespace: value, capabilities: value, matrix: value }, { requiredKeys: [] })),
    python: fc.oneof(
      value,
      fc.record({
        initialize: fc.oneof(value, fc.record({ build_file: value, required_files: value }, { requiredKeys: [] })),
        jobs: fc.oneof(value, fc.array(fc.record({ name: value, file: value, required_files: value, slurm: value }, { requiredKeys: [] }))),
      }),
    ),
    slurm: value,
  })
  fc.assert(
    fc.property(shape, fc.boolean(), (data, spread) => {
      const { jobset, problems } = parse(JSON.stringify(data, null, spread ? 2 : 0))
      expect(jobset !== null || problems.some(({ severity }) => severity === 'error')).toBe(true)
      for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThan(0)
    }),
    { numRuns: 300 },
  )
})
