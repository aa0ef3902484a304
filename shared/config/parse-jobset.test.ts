// Good and bad files, with the exact words that users get.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ParseResult, parseJobset } from './parse-jobset.ts'

const options = { file: 'jobs.yaml', folder: '/home/anna/sweep' }
const parse = (text: string): ParseResult => parseJobset(text, options)

function told(text: string): string[] {
  return parse(text).problems.map(({ severity, line, column, path, message, hint }) => {
    const kind = severity === 'error' ? '' : `${severity}: `
    return `${line}:${column}: ${kind}${path === '' ? '' : `${path}: `}${message}${hint === undefined ? '' : ` | ${hint}`}`
  })
}

const meta = 'meta: {batch_name: b, namespace: n}\n'
const job = (text: string): string => `${meta}python:\n  jobs:\n    - ${text}\n`
const init = (text: string): string => `${meta}python:\n  initialize: ${text}\n  jobs: [{name: j, file: run.py}]\n`
const inMeta = (text: string): string => `meta: {${text}}\npython: {jobs: [{name: j, file: run.py}]}\n`

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
    demand: { cores: 'all', memory: null, gpus: 0, disk: null },
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
    init('{build_file: ~, required_files: ~}').replace('n}', 'n, matrix: ~, capabilities: ~}') + 'slurm: ~',
  ],
  ['initialize may be absent', job('{name: j, file: run.py}')],
  ['initialize may be null', init('~')],
  ['a job may have null lists', job('{name: j, file: {path: run.py, alias: ~}, required_files: ~, slurm: ~}')],
  ['an optional key of a later version may be null', job('{name: j, file: run.py, time_limit: ~}')],
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
})

test('the names can be read of a file that is otherwise wrong', () => {
  const { jobset, name } = parse(`${meta}python: {jobs: []}`)
  expect(jobset).toBeNull()
  expect(name).toEqual({ namespace: 'n', batchName: 'b' })
})

const batch = (text: string): string => inMeta(`batch_name: ${text}, namespace: n`)
const nameHint = 'use letters, digits, and signs like _ - + = . inside'
const aliasHint = 'write a name like mesh.msh, or a path below input/ like meshes/a.msh'

test.each<[string, string, string[]]>([
  // YAML itself
  ['an empty file', '', ['1:1: the file is empty | `dist template python` prints one to start from']],
  ['only comments', '# hello\n', ['1:1: the file is empty | `dist template python` prints one to start from']],
  [
    'an unquoted Matrix id',
    'meta:\n  matrix: @user:server # me\n',
    ['2:11: a value cannot begin with \'@\' in YAML | put it in quotes: "@user:server"'],
  ],
  ['a tab', 'meta:\n\tbatch_name: b\n', ['2:1: a tab is used for indentation | indent with spaces: YAML allows no tabs there']],
  [
    'an unquoted !word',
    inMeta('batch_name: b, namespace: n, capabilities: [!wifi]'),
    ["1:51: '!wifi' begins with '!', which YAML takes for a tag | put it in quotes: \"!wifi\""],
  ],
  [
    'two documents',
    `---\n${job('{name: j, file: f}')}---\nmeta: {}\n`,
    ["6:1: a second document begins here ('---') | write one jobset a file"],
  ],
  [
    'a value with a colon',
    'meta: b: c',
    ['1:7: a second mapping begins here | check the indentation, or put a value with a colon in quotes'],
  ],
  [
    'a key without colon',
    'meta:\n  batch_name: b\n  namespace\n  x: 1',
    ['3:3: this line has no colon after its key | write key: value, and check the indentation'],
  ],
  [
    'an open bracket',
    'meta: {a: b',
    ['1:12: flow map in block collection must be sufficiently indented and end with a } | check that every bracket is closed'],
  ],
  [
    'a duplicate key',
    `${meta}meta: {batch_name: c, namespace: n}\npython: {jobs: [{name: j, file: f}]}`,
    ["2:1: the key 'meta' is there twice | keep one of them"],
  ],
  [
    'a duplicate key in JSON',
    '{"meta": {"batch_name": "a", "batch_name": "b", "namespace": "n"}, "python": {"jobs": [{"name": "j", "file": "f"}]}}',
    ["1:30: the key 'batch_name' is there twice | keep one of them"],
  ],
  [
    'an alias without anchor',
    inMeta('batch_name: *x, namespace: n'),
    ['1:20: *x has no &x above it | a text that begins with * needs quotes: "*x"', '1:20: meta.batch_name: expected a name, found nothing'],
  ],
  [
    'an alias inside of its anchor',
    inMeta('batch_name: &x [*x], namespace: n'),
    ['1:23: *x is used inside of &x itself', '1:20: meta.batch_name: expected a name, found a list'].sort(),
  ],
  [
    'a merge of nothing',
    inMeta('<<: 1, batch_name: b, namespace: n'),
    ["1:8: '<<' merges a mapping, and this is none | write <<: *name, with &name at a mapping above"],
  ],
  ['a key that is a list', `? [a]\n: b\n${job('{name: j, file: f}')}`, ['1:3: a key must be a word | write it as key: value']],
  ['a list', '- a', ['1:1: expected a mapping, found a list | write meta: … below it, indented']],
  ['a word', 'hello', ['1:1: expected a mapping, found text | write meta: … below it, indented']],
  // parts
  [
    'nothing of it',
    '{}',
    [
      "1:1: the key 'meta' is missing | meta: names and requirements",
      "1:1: the key 'python' is missing | python: initialize and jobs of the jobset",
    ],
  ],
  [
    'no names',
    'meta: {}\npython: {jobs: [{name: j, file: f}]}',
    [
      "1:7: meta: the key 'batch_name' is missing | batch_name: name of this jobset, unique in its namespace",
      "1:7: meta: the key 'namespace' is missing | namespace: name of the group or project that it belongs to",
    ],
  ],
  [
    'parts of the wrong type',
    'meta: x\npython: [1]',
    [
      '1:7: meta: expected a mapping, found text | write batch_name: … below it, indented',
      '2:9: python: expected a mapping, found a list | write initialize: … below it, indented',
    ],
  ],
  ['no jobs', `${meta}python: {initialize: {}}`, ["2:9: python: the key 'jobs' is missing | jobs: the jobs, at least one"]],
  [
    'null jobs',
    `${meta}python: {jobs: ~}`,
    ['2:16: python.jobs: expected a list of jobs, found ~ | write - {name: job_1, file: run.py} below it'],
  ],
  ['empty jobs', `${meta}python: {jobs: []}`, ['2:16: python.jobs: there are no jobs | add at least one: - {name: job_1, file: run.py}']],
  ['a job that is a word', job('run.py'), ['4:7: python.jobs[0]: expected a mapping, found text | write name: … below it, indented']],
  ['a job without file', job('{name: j}'), ["4:7: python.jobs[0]: the key 'file' is missing | file: python script that becomes job.py"]],
  // keys
  [
    'misspelt keys',
    'mata: {batch_name: b, namespace: n}\npyton: {}',
    ["1:1: mata: unknown key 'mata' | did you mean 'meta'?", "2:1: pyton: unknown key 'pyton' | did you mean 'python'?"],
  ],
  [
    'a misspelt key of a job',
    job('{name: j, file: f, requird_files: []}'),
    ["4:26: python.jobs[0].requird_files: unknown key 'requird_files' | did you mean 'required_files'?"],
  ],
  [
    'a key in the wrong place',
    `${job('{name: j, file: f}')}namespace: x`,
    ["5:1: namespace: unknown key 'namespace' | 'namespace' belongs in meta"],
  ],
  [
    'a key of another kind',
    init('{required_mounts: [/a]}'),
    ["3:16: python.initialize.required_mounts: unknown key 'required_mounts' | only apptainer jobsets have mounts; remove it"],
  ],
  [
    'a key of nowhere',
    job('{name: j, file: f, colour: red}'),
    ["4:26: python.jobs[0].colour: unknown key 'colour' | known here: name, file, required_files, slurm"],
  ],
  [
    'a key for later',
    job('{name: j, file: f, time_limit: 2h}'),
    ["4:26: python.jobs[0].time_limit: 'time_limit' is known, but this version cannot do it yet | remove it"],
  ],
  [
    'another kind',
    `${meta}apptainer: {}`,
    ["2:1: apptainer: 'apptainer' is known, but this version cannot do it yet | write a python jobset for now"],
  ],
  // names
  ['a name with a slash', batch('a/b'), [`1:20: meta.batch_name: a name must not contain '/' | ${nameHint}`]],
  ['a name with two dots', batch('a..b'), [`1:20: meta.batch_name: a name must not contain '..' | ${nameHint}`]],
  ['a hidden name', batch('.a'), [`1:20: meta.batch_name: a name must not begin with '.' | ${nameHint}`]],
  ['a name with @', batch('a@2'), [`1:20: meta.batch_name: a name must not contain '@' | ${nameHint}`]],
  ['an empty name', batch('""'), [`1:20: meta.batch_name: a name must not be empty | ${nameHint}`]],
  [
    'a name with control characters',
    batch('"a\\e[1m"'),
    [`1:20: meta.batch_name: a name must not contain control characters | ${nameHint}`],
  ],
  ['the name logs', batch('logs'), [`1:20: meta.batch_name: 'logs' is reserved | ${nameHint}`]],
  ['a long name', batch('ü'.repeat(65)), [`1:20: meta.batch_name: a name has at most 128 bytes, this one 130 | ${nameHint}`]],
  ['no name', batch('~'), ['1:20: meta.batch_name: expected a name, found ~']],
  ['a list as name', batch('[a]'), ['1:20: meta.batch_name: expected a name, found a list']],
  [
    'a job that is named like a log',
    job('{name: b_build_output-lab1.txt, file: f}'),
    [`4:14: python.jobs[0].name: names that begin with 'b_build_output-' are reserved for the logs of the build | ${nameHint}`],
  ],
  [
    'two jobs of one name',
    job('{name: j, file: f}\n    - {name: k, file: f}\n    - {name: "j", file: f}'),
    ["6:14: python.jobs[2].name: the name 'j' is taken by python.jobs[0] | give every job its own name"],
  ],
  // meta
  [
    'a capability that is none',
    inMeta('batch_name: b, namespace: n, capabilities: [a, "b c", 1]'),
    ["1:54: meta.capabilities[1]: 'b c' is no capability | write a word like gfortran, 'cuda>=12', 'os=debian' or '!wifi'"],
  ],
  [
    'a word for capabilities',
    inMeta('batch_name: b, namespace: n, capabilities: gpu'),
    ['1:51: meta.capabilities: expected a list, found text | write a list: [gfortran, python3]'],
  ],
  [
    'a Matrix id that is none',
    inMeta('batch_name: b, namespace: n, matrix: anna'),
    ['1:45: meta.matrix: \'anna\' is no Matrix user id | write "@name:server.org" in quotes, or ~ for nobody'],
  ],
  // files
  [
    'a file that is a list',
    job('{name: j, file: [a]}'),
    ['4:23: python.jobs[0].file: expected a file: a path, or {path: …, alias: …}, found a list'],
  ],
  ['a null file', job('{name: j, file: ~}'), ['4:23: python.jobs[0].file: expected a file: a path, or {path: …, alias: …}, found ~']],
  [
    'a file without path',
    job('{name: j, file: {alias: x}}'),
    ["4:23: python.jobs[0].file: the key 'path' is missing | path: file or folder, relative to the folder of this file"],
  ],
  [
    'a word for required_files',
    init('{required_files: x}'),
    ['3:33: python.initialize.required_files: expected a list, found text | write a list: [a.json, {path: b.json, alias: input.json}]'],
  ],
  [
    'an empty path',
    init('{required_files: [""]}'),
    ['3:34: python.initialize.required_files[0]: the path is empty | write the path of a file, relative to the folder of this file'],
  ],
  [
    'a path that needs a shell',
    init('{required_files: [~/x]}'),
    ["3:34: python.initialize.required_files[0]: '~' in '~/x' is not expanded | write the whole path"],
  ],
  [
    'a path without a name',
    init('{required_files: [..]}'),
    [
      "3:34: python.initialize.required_files[0]: the name of '..' cannot be used: it has no name | give it an alias: the name that the job sees",
    ],
  ],
  [
    'an alias that leads out',
    init('{required_files: [{path: a, alias: ../b}]}'),
    [`3:51: python.initialize.required_files[0].alias: the alias '../b' cannot be used: it has the part '..' | ${aliasHint}`],
  ],
  [
    'an absolute alias',
    init('{required_files: [{path: a, alias: /b}]}'),
    [`3:51: python.initialize.required_files[0].alias: the alias '/b' cannot be used: it is absolute | ${aliasHint}`],
  ],
  [
    'an empty alias',
    init('{required_files: [{path: a, alias: ""}]}'),
    [`3:51: python.initialize.required_files[0].alias: the alias '' cannot be used: it is empty | ${aliasHint}`],
  ],
  [
    'an alias of no text',
    init('{required_files: [{path: a, alias: [b]}]}'),
    ['3:51: python.initialize.required_files[0].alias: expected a name, found a list'],
  ],
  [
    'one name twice',
    init('{required_files: [a/x, {path: b, alias: x}]}'),
    ["3:39: python.initialize.required_files[1]: 'x' is there twice: entry [0] has the same name | give one of them another alias"].map(
      (line) => line.replace('3:39', '3:46'),
    ),
  ],
  // slurm
  [
    'an unknown key of slurm',
    `${job('{name: j, file: f}')}slurm: {cpus-per-task: 4}`,
    ["5:9: warning: slurm.cpus-per-task: unknown key 'cpus-per-task' is ignored | did you mean 'cpus_per_task'?"],
  ],
  [
    'a number of slurm that is none',
    `${job('{name: j, file: f}')}slurm: {nodes: "2", ntasks: -1, time: [1]}`,
    [
      '5:16: slurm.nodes: expected a whole number, found text | nodes: 4',
      '5:29: slurm.ntasks: expected a whole number, found a number | ntasks: 4',
      '5:39: slurm.time: expected text, found a list',
    ],
  ],
])('%s', (_, text, expected) => {
  expect(told(text)).toEqual(expected)
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
  for (const depth of [100, 200_000]) expect(parse(`meta: ${'['.repeat(depth)}${']'.repeat(depth)}`).jobset).toBeNull()
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
