import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestFolder } from '../test-support/run-dist.ts'
import { RunFolder } from './run-folder.ts'

let folder: TestFolder
beforeEach(() => {
  folder = new TestFolder()
})
afterEach(() => folder.remove())

function earlierRun(): void {
  mkdirSync(folder.join('out/archived_files/a'), { recursive: true })
  writeFileSync(folder.join('out/archived_files/a/x'), 'old')
}

test('results lie in archived_files, and nothing else is left', () => {
  const place = new RunFolder(folder.path, 'out', false)
  mkdirSync(`${place.incoming}/batch/a`, { recursive: true })
  writeFileSync(`${place.incoming}/batch/a/x`, 'new')
  place.take('batch')
  place.remove()
  expect(readdirSync(folder.join('out'))).toEqual(['archived_files'])
  expect(readFileSync(folder.join('out/archived_files/a/x'), 'utf8')).toBe('new')
})

test('an earlier run is replaced only with --clean-save', () => {
  earlierRun()
  expect(() => new RunFolder(folder.path, 'out', false)).toThrow('out has the results of an earlier run')
  expect(existsSync(folder.join('out/archived_files/a/x'))).toBe(true)
  new RunFolder(folder.path, 'out', true).remove()
  expect(readdirSync(folder.join('out'))).toEqual([])
})

test('a folder that holds anything else is never emptied', () => {
  earlierRun()
  writeFileSync(folder.join('out/thesis.tex'), 'years of work')
  expect(() => new RunFolder(folder.path, 'out', true)).toThrow('"thesis.tex"')
  expect(() => new RunFolder(folder.path, '.', true)).toThrow('"out"')
  expect(existsSync(folder.join('out/archived_files/a/x'))).toBe(true)
})

test('a link or a file in its place is refused', () => {
  earlierRun()
  symlinkSync('out', folder.join('link'))
  writeFileSync(folder.join('file'), '')
  expect(() => new RunFolder(folder.path, 'link', true)).toThrow('link is no folder')
  expect(() => new RunFolder(folder.path, 'file', true)).toThrow('file is no folder')
})
