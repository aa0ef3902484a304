import { expect, test } from 'vitest'
import type { kinds } from '../model/jobset.ts'
import { checkFiles } from './check-files.ts'
import { parseJobset } from './parse-jobset.ts'
import { jobsetTemplate } from './template.ts'

const parse = (kind: (typeof kinds)[number]) =>
  parseJobset(jobsetTemplate(kind), { file: 'jobs.yaml', folder: '/nowhere/at/all', notYet: new Set() })

test('the python template is a jobset', () => {
  const { problems, jobset } = parse('python')
  expect(problems).toEqual([])
  expect(jobset?.jobs.map(({ name, files }) => [name, files.map((file) => file.name)])).toEqual([
    ['job_1', ['job_configuration_file.json', 'input.json']],
  ])
})

test.each(['apptainer', 'shell'] as const)('the %s template is a jobset of two jobs', (kind) => {
  const { problems, jobset } = parse(kind)
  expect(problems).toEqual([])
  expect(jobset?.kind).toBe(kind)
  expect(jobset?.jobs.map(({ name, files }) => [name, files.map((file) => file.name)])).toEqual([
    ['job_1', ['input.json']],
    ['job_2', ['input.json']],
  ])
})

test.each([
  ['python', 7],
  ['apptainer', 4],
  ['shell', 3],
] as const)('missing files are the only fault of the %s template', (kind, missing) => {
  const { problems } = checkFiles(parse(kind))
  expect(problems).toHaveLength(missing)
  for (const { message } of problems) expect(message).toMatch(/^no such file/)
})

test('its keys stand in the order that users know', () => {
  const keys = [...jobsetTemplate('python').matchAll(/^[ -]*(\w+):/gm)].map((match) => match[1])
  expect(keys.slice(0, 9)).toEqual([
    'meta',
    'batch_name',
    'namespace',
    'matrix',
    'capabilities',
    'python',
    'initialize',
    'build_file',
    'required_files',
  ])
})
