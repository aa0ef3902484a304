// Files that a search names, against a disk that is made up.
import { expect, test } from 'vitest'
import { checkFiles } from '../check-files.ts'
import type { Looked } from '../look-file.ts'
import { parseJobset } from '../parse-jobset.ts'

const look = (source: string): Looked =>
  source.endsWith('gone.py')
    ? { kind: 'none', trouble: { message: 'no such file', hint: 'look' } }
    : { kind: 'file', file: { inside: '', size: 3, mode: 0o644, source } }

function check(search: string, files = '[]') {
  const text = `meta: {batch_name: b, namespace: n}\npython: {initialize: {required_files: ${files}}}\nsearch: {${search}, params: {x: [1]}}\n`
  const { jobset, problems } = checkFiles(parseJobset(text, { file: 'j', folder: '/x', notYet: new Set() }), look)
  return { found: jobset?.search ?? null, told: problems.map(({ line, path, message }) => `${line}: ${path}: ${message}`) }
}

test('the script of a search is looked at like that of a job', () => {
  expect(check('file: run.py')).toMatchObject({
    told: [],
    found: { script: { name: 'run.py', source: '/x/run.py', size: 3, mode: 0o644 } },
  })
  expect(check('file: gone.py')).toEqual({ told: ['3: search.file: no such file'], found: null })
})

test('params.json is written for every trial, so no file may have that name', () => {
  expect(check('command: x', '[params.json]').told).toEqual([
    "2: python.initialize.required_files[0]: 'params.json' is written for every trial",
  ])
  expect(check('command: x', '[{path: params.json, alias: p.json}]')).toMatchObject({ told: [], found: { command: 'x' } })
})
