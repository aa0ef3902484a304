import { symlinkSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ignoredNotice, shippedFolder } from './script-flags.ts'
import { shipFolder } from './ship-folder.ts'
import { ScriptFolder } from './test-support.ts'

let folder: ScriptFolder
beforeEach(() => {
  folder = new ScriptFolder()
})
afterEach(() => folder.remove())

const names = (without: readonly string[] = []) => shipFolder(folder.path, (path) => without.includes(path)).files.map(({ name }) => name)

test('everything goes but what no trial needs', () => {
  for (const name of ['a.py', 'mod/k.mod', 'mod/__pycache__/x.pyc', '.git/HEAD', '.env', 'batch/old.run', 'ray/state', 'sub/batch/kept'])
    folder.write(name, '')
  expect(names([join(folder.path, 'batch'), join(folder.path, 'ray')])).toEqual(['.env', 'a.py', 'mod/k.mod', 'sub/batch/kept'])
})

test('ignore files count, .distignore over .gitignore, inner ones for what is in them', () => {
  for (const name of ['x86_64/special', 'data.h5', 'keep.h5', 'sub/data.h5', 'sub/deep/note.txt', 'run.py']) folder.write(name, '')
  folder.write('.gitignore', 'x86_64/\n*.h5\n')
  folder.write('.distignore', '!x86_64/\n!keep.h5\n')
  folder.write('sub/.gitignore', 'deep\n')
  expect(names()).toEqual(['.distignore', '.gitignore', 'keep.h5', 'run.py', 'sub/.gitignore', 'x86_64/special'])
  expect(ignoredNotice(shipFolder(folder.path, () => false))).toEqual([
    'not shipped, by .gitignore or .distignore: data.h5 (a line `!NAME` in .distignore ships it)',
  ])
})

test('links are followed, circles and links to nowhere are not', () => {
  folder.write('real/a.txt', '')
  symlinkSync('real', join(folder.path, 'alias'))
  symlinkSync('..', join(folder.path, 'real/up'))
  symlinkSync('nowhere', join(folder.path, 'broken'))
  expect(names()).toEqual(['alias/a.txt', 'real/a.txt'])
})

test('a folder without files is told: a script may write there', () => {
  folder.write('out/old.pyc', '')
  folder.write('.gitignore', '*.pyc')
  expect(shipFolder(folder.path, () => false).emptyFolders).toEqual(['out'])
})

test('more than 2 GiB is asked about, with the biggest entries', () => {
  const call = {
    ...{ id: 1, label: 's', cwd: folder.path, outputPath: join(folder.path, 'batch') },
    checkpointPath: join(folder.path, 'ray'),
  }
  const whole = { ...call, mayContinue: true, keepsFiles: false, notices: [], search: '' }
  folder.write('huge/a.dat', '')
  folder.write('run.py', 'x')
  truncateSync(join(folder.path, 'huge/a.dat'), 3 * 2 ** 30)
  expect(() => shippedFolder(whole, {})).toThrow(/has 3(\.0)? GiB to send: 3(\.0)? GiB huge, 1 B run\.py/)
  expect(shippedFolder(whole, { yes: true }).bytes).toBe(3 * 2 ** 30 + 1)
})

test('the csv of an earlier run and outputs of the search are no part of it', () => {
  for (const name of ['s.csv', 'other.csv', 'batch/x', 'ray/y']) folder.write(name, '')
  const call = {
    ...{ id: 1, label: 's', cwd: folder.path, outputPath: join(folder.path, 'batch') },
    checkpointPath: join(folder.path, 'ray'),
  }
  const { files } = shippedFolder({ ...call, mayContinue: true, keepsFiles: false, notices: [], search: '' }, {})
  expect(files.map(({ name }) => name)).toEqual(['other.csv'])
})

test('also where they lie in the folder itself', () => {
  for (const name of ['run.py', '.dist/s/x', 's_00001.run', 's_00001_data.json', 's_00002/plot.png', 's_notes.txt', 'sub/s_00001.run'])
    folder.write(name, '')
  const call = { ...{ id: 1, label: 's', cwd: folder.path, outputPath: folder.path }, checkpointPath: join(folder.path, 'ray') }
  const { files } = shippedFolder({ ...call, mayContinue: true, keepsFiles: false, notices: [], search: '' }, {})
  expect(files.map(({ name }) => name)).toEqual(['run.py', 's_notes.txt', 'sub/s_00001.run'])
})
