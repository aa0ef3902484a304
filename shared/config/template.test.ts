import { expect, test } from 'vitest'
import { checkFiles } from './check-files.ts'
import { parseJobset } from './parse-jobset.ts'
import { jobsetTemplate } from './template.ts'

const parsed = parseJobset(jobsetTemplate('python'), { file: 'jobs.yaml', folder: '/nowhere/at/all' })

test('the template is a jobset', () => {
  expect(parsed.problems).toEqual([])
  expect(parsed.jobset?.jobs.map(({ name, files }) => [name, files.map((file) => file.name)])).toEqual([
    ['job_1', ['job_configuration_file.json', 'input.json']],
  ])
})

test('missing files are its only fault', () => {
  const { problems } = checkFiles(parsed)
  expect(problems).toHaveLength(7)
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
