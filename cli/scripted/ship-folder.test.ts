import { realpathSync, symlinkSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ScriptCall } from './script-call.ts'
import { leftNotices, shippedFolder } from './script-flags.ts'
import { shipFolder } from './ship-folder.ts'
import { ScriptFolder } from './test-support.ts'

let folder: ScriptFolder
beforeEach(() => {
  folder = new ScriptFolder()
})
afterEach(() => folder.remove())

const ship = (without: readonly string[] = [], leavesRoot = false) =>
  shipFolder(folder.path, { isLeft: (path) => without.includes(path), leavesRoot })
const callOf = (output: string): ScriptCall => ({
  ...{ id: 1, label: 's', cwd: folder.path, outputPath: join(folder.path, output), checkpointPath: join(folder.path, 'ray') },
  ...{ mayContinue: true, keepsFiles: false, notices: [], search: '' },
})
const names = (without: readonly string[] = []) => ship(without).files.map(({ name }) => name)

test('everything goes but what no trial needs', () => {
  for (const name of ['a.py', 'mod/k.mod', 'mod/__pycache__/x.pyc', '.git/HEAD', '.env', 'batch/old.run', 'ray/state', 'sub/batch/kept'])
    folder.write(name, '')
  folder.write('.venv/pyvenv.cfg', '')
  folder.write('.venv/lib/a.py', '')
  expect(names([join(folder.path, 'batch'), join(folder.path, 'ray')])).toEqual(['.env', 'a.py', 'mod/k.mod', 'sub/batch/kept'])
})

test('ignore files count, .distignore over .gitignore, inner ones for what is in them', () => {
  for (const name of ['x86_64/special', 'data.h5', 'keep.h5', 'sub/data.h5', 'sub/deep/note.txt', 'run.py']) folder.write(name, '')
  folder.write('.gitignore', 'x86_64/\n*.h5\n')
  folder.write('.distignore', '!x86_64/\n!keep.h5\n')
  folder.write('sub/.gitignore', 'deep\n')
  expect(names()).toEqual(['.distignore', '.gitignore', 'keep.h5', 'run.py', 'sub/.gitignore', 'x86_64/special'])
  expect(leftNotices(ship())).toEqual(['not shipped, by .gitignore or .distignore: data.h5 (a line `!NAME` in .distignore ships it)'])
})

test('links are followed, circles and links to nowhere are not', () => {
  folder.write('real/a.txt', '')
  symlinkSync('real', join(folder.path, 'alias'))
  symlinkSync('..', join(folder.path, 'real/up'))
  symlinkSync('nowhere', join(folder.path, 'broken'))
  expect(names()).toEqual(['alias/a.txt', 'real/a.txt'])
})

describe('a link out of the folder', () => {
  let outside: ScriptFolder
  beforeEach(() => {
    outside = new ScriptFolder()
    for (const name of ['.ssh/id', 'deep/x']) outside.write(name, '')
    folder.write('run.py', '')
  })
  afterEach(() => outside.remove())

  test('to a folder or a file is refused, with where it leads, unless it is meant', () => {
    symlinkSync(outside.path, join(folder.path, 'data'))
    folder.write('sub/a', '')
    symlinkSync(join(outside.path, '.ssh/id'), join(folder.path, 'sub/key'))
    const shown = `data -> ${realpathSync(outside.path)}, sub/key -> ${realpathSync(outside.path)}/.ssh/id`
    expect(() => ship()).toThrow(`2 links lead out of ${folder.path}: ${shown}`)
    const files = ['data/.ssh/id', 'data/deep/x', 'run.py', 'sub/a', 'sub/key']
    expect(ship([], true).files.map(({ name }) => name)).toEqual(files)
    folder.write('.distignore', 'data\nkey\n')
    expect(names()).toEqual(['.distignore', 'run.py', 'sub/a'])
  })

  test('to a folder above is never followed', () => {
    symlinkSync('../..', join(folder.path, 'up'))
    expect(names()).toEqual(['run.py'])
    expect(ship([], true).files.map(({ name }) => name)).toEqual(['run.py'])
  })

  test('is no question where outputs lie there', () => {
    symlinkSync(join(outside.path, 'deep'), join(folder.path, 'out'))
    symlinkSync('out', join(folder.path, 'results'))
    expect(shippedFolder(callOf('out'), {}).files.map(({ name }) => name)).toEqual(['run.py'])
  })
})

test('a folder without files is told: a script may write there', () => {
  folder.write('out/old.pyc', '')
  folder.write('.gitignore', '*.pyc')
  expect(ship().emptyFolders).toEqual(['out'])
})

test('more than 2 GiB is asked about, with the biggest entries', () => {
  const whole = callOf('batch')
  folder.write('huge/a.dat', '')
  folder.write('run.py', 'x')
  truncateSync(join(folder.path, 'huge/a.dat'), 3 * 2 ** 30)
  expect(() => shippedFolder(whole, {})).toThrow(/has 3(\.0)? GiB to send: 3(\.0)? GiB huge, 1 B run\.py/)
  expect(shippedFolder(whole, { yes: true }).bytes).toBe(3 * 2 ** 30 + 1)
})

test('the csv of an earlier run and outputs of the search are no part of it', () => {
  for (const name of ['s.csv', 'other.csv', 'batch/x', 'ray/y']) folder.write(name, '')
  const { files } = shippedFolder(callOf('batch'), {})
  expect(files.map(({ name }) => name)).toEqual(['other.csv'])
})

test('also where they lie in the folder itself', () => {
  for (const name of ['run.py', '.dist/s/x', 's_00001.run', 's_00001_data.json', 's_00002/plot.png', 's_notes.txt', 'sub/s_00001.run'])
    folder.write(name, '')
  const { files } = shippedFolder(callOf('.'), {})
  expect(files.map(({ name }) => name)).toEqual(['run.py', 's_notes.txt', 'sub/s_00001.run'])
})

test('results of other searches stay here: their tables, and the folders and names that they were placed under', () => {
  const tables = {
    'grid.csv': ',trial_label,trial_path,x,fx\n0,grid_00000,/out,1.0,1.0\n',
    'whole.csv': ',x,fx,trial_label,trial_id,"config/a,b",logdir\n',
    'bare.csv': ',x,fx\n',
    'placed.csv': ',x,fx\n',
    'input.csv': 'x,trial_label\n',
    'sub/grid.csv': ',trial_label,trial_path,x,fx\n',
  }
  for (const [name, text] of Object.entries(tables)) folder.write(name, text)
  for (const name of [
    'runs/grid/.dist/grid/x',
    'runs/grid/fig.png',
    '.dist/bare/x',
    'bare_00001.run',
    's_00001.json',
    'deep/own/.dist/placed/x',
  ])
    folder.write(name, '')
  const scratch = new ScriptFolder()
  scratch.write('.dist/other/x', '')
  symlinkSync(scratch.path, join(folder.path, 'scratch'))
  const shipped = shippedFolder(callOf('deep/own'), {})
  scratch.remove()
  expect(shipped.files.map(({ name }) => name)).toEqual(['input.csv', 's_00001.json', 'sub/grid.csv'])
  expect(shipped.emptyFolders).toEqual([])
  expect(leftNotices(shipped)).toEqual([
    'not shipped, as results of searches: grid.csv, runs/grid/, scratch/, whole.csv (what a trial needs of them can be copied to another folder)',
  ])
})
