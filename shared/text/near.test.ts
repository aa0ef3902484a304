import { expect, test } from 'vitest'
import { nearest } from './near.ts'

const known = ['batch_name', 'namespace', 'capabilities', 'required_files', 'file', 'name', 'path', 'alias']

test.each([
  ['batchname', 'batch_name'],
  ['batch-name', 'batch_name'],
  ['Namespace', 'namespace'],
  ['required_file', 'required_files'],
  ['requird_fiels', 'required_files'],
  ['capabilites', 'capabilities'],
  ['nmae', 'name'],
  ['aliass', 'alias'],
  ['capa', 'capabilities'],
  ['x', null],
  ['colour', null],
  ['', null],
  ['a'.repeat(1000), null],
])('%s is probably %s', (word, meant) => {
  expect(nearest(word, known)).toBe(meant)
})
