// The step that looks at the disk, in a temporary folder.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CheckResult, checkFiles } from './check-files.ts'
import { lookAt } from './look-file.ts'
import { parseJobset } from './parse-jobset.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-check-'))
  touch('run.py', 'build.py')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function touch(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), `this is ${name}`)
  }
}

function check(text: string): CheckResult {
  return checkFiles(parseJobset(text, { file: 'jobs.yaml', folder }))
}

function jobset(init: string, job = ''): string {
  return `meta: {batch_name: b, namespace: n}
python:
  initialize: {build_file: build.py, required_files: [${init}]}
  jobs: [{name: j, file: run.py, required_files: [${job}]}]
`
}

function told(text: string): string[] {
  return check(text).problems.map(({ severity, line, column, path, message, hint }) => {
    const kind = severity === 'error' ? '' : `${severity}: `
    return `${line}:${column}: ${kind}${path}: ${message}${hint === undefined ? '' : ` | ${hint}`}`.replaceAll(folder, 'HERE')
  })
}

const names = (result: CheckResult): string[] | undefined => result.jobset?.initialize.files.map((file) => file.name)

test('files carry size and whether they can be executed', () => {
  touch('a.txt', 'tool')
  chmodSync(join(folder, 'tool'), 0o710)
  expect(check(jobset('a.txt, {path: tool, alias: bin/t}')).jobset?.initialize.files).toEqual([
    { name: 'a.txt', source: join(folder, 'a.txt'), size: 13, mode: 0o644 },
    { name: 'bin/t', source: join(folder, 'tool'), size: 12, mode: 0o755 },
  ])
})

test('a folder becomes its files, under its name or its alias', () => {
  touch('helpers/a.py', 'helpers/sub/b.py', 'helpers/.hidden')
  mkdirSync(join(folder, 'helpers/empty'))
  for (const written of ['helpers', 'helpers/', './helpers']) {
    expect(names(check(jobset(written)))).toEqual(['helpers/.hidden', 'helpers/a.py', 'helpers/sub/b.py'])
  }
  expect(names(check(jobset('{path: helpers/, alias: lib/x}')))).toEqual(['lib/x/.hidden', 'lib/x/a.py', 'lib/x/sub/b.py'])
})

test('links are followed for what they lead to, inside of a folder only as far as they stay in it', () => {
  touch('real.txt', 'd/a', 'd/sub/b', 'outside')
  symlinkSync('real.txt', join(folder, 'link.txt'))
  symlinkSync('sub', join(folder, 'd/again'))
  symlinkSync('a', join(folder, 'd/a2'))
  symlinkSync('d', join(folder, 'dlink'))
  const result = check(jobset('link.txt, dlink'))
  expect(names(result)).toEqual(['link.txt', 'dlink/a', 'dlink/a2', 'dlink/again/b', 'dlink/sub/b'])
  symlinkSync('../outside', join(folder, 'd/out'))
  symlinkSync('.', join(folder, 'd/self'))
  symlinkSync('nowhere', join(folder, 'd/void'))
  expect(told(jobset('d'))).toEqual([
    "3:55: python.initialize.required_files[0]: the link 'd/out' leads out of the folder, to HERE/outside | copy the file into the folder, or name it itself",
    "3:55: python.initialize.required_files[0]: the link 'd/self' leads back to a folder that it is in | remove the link",
    "3:55: python.initialize.required_files[0]: the link 'd/void' leads nowhere | remove or mend it",
  ])
})

test("links that lead to each other's folders end", () => {
  touch('d/a/x', 'd/b/y')
  symlinkSync('../b', join(folder, 'd/a/to_b'))
  symlinkSync('../a', join(folder, 'd/b/to_a'))
  expect(told(jobset('d')).every((line) => line.includes('leads back to a folder that it is in'))).toBe(true)
  expect(told(jobset('d'))).not.toEqual([])
})

test('missing files are told with the place that was looked in, and with what is there', () => {
  touch('data/mesh.msh')
  expect(told(jobset('mesh.dat, data/mesh.mhs, /nowhere/at/all', '{path: $HOME/x}').replace('file: run.py', 'file: rum.py'))).toEqual([
    "3:55: python.initialize.required_files[0]: no such file 'mesh.dat' (looked in HERE)",
    "3:65: python.initialize.required_files[1]: no such file 'data/mesh.mhs' (looked in HERE) | did you mean 'data/mesh.msh'?",
    "3:80: python.initialize.required_files[2]: no such file '/nowhere/at/all'",
    "4:26: python.jobs[0].file: no such file 'rum.py' (looked in HERE) | did you mean 'run.py'?",
    "4:58: python.jobs[0].required_files[0].path: no such file '$HOME/x' (looked in HERE) | environment variables are not expanded: write the path itself",
  ])
})

test('what is of the wrong kind is told', () => {
  touch('d/x')
  mkdirSync(join(folder, 'none'))
  execFileSync('mkfifo', [join(folder, 'pipe'), join(folder, 'd/pipe')])
  expect(told(jobset('pipe, run.py/, d, none, {path: run.py, alias: sub/}').replace('file: run.py', 'file: d'))).toEqual([
    "3:55: python.initialize.required_files[0]: 'pipe' is neither a file nor a folder",
    "3:61: python.initialize.required_files[1]: 'run.py/' is a file, and a '/' at the end means a folder | remove the slash, or write the whole name",
    "3:70: python.initialize.required_files[2]: 'd/pipe' is no file, folder or link | remove it from the folder",
    "3:73: warning: python.initialize.required_files[3]: the folder 'none' has no files: nothing is sent",
    "3:86: python.initialize.required_files[4].path: 'run.py' is a file, and a '/' at the end means a folder | remove the slash, or write the whole name",
    "4:26: python.jobs[0].file: 'd' is a folder | name the script itself",
  ])
})

test('a file that may not be read is told', () => {
  const text = jobset('secret')
  const closed = checkFiles(parseJobset(text, { file: 'jobs.yaml', folder }), (source, written, where) => {
    const trouble = { message: `'${written}' may not be read` }
    return written === 'secret' ? { kind: 'none', trouble } : lookAt(source, written, where)
  })
  expect(closed.jobset).toBeNull()
  expect(closed.problems.map(({ message }) => message)).toEqual(["'secret' may not be read"])
})

test('a file of a job replaces one of initialize, with a notice', () => {
  touch('a', 'b/a', 'c')
  const result = check(jobset('a, c', 'b/a'))
  expect(result.jobset?.jobs[0]?.files.map((file) => file.source)).toEqual([join(folder, 'b/a')])
  expect(told(jobset('a, c', 'b/a'))).toEqual(["4:51: notice: python.jobs[0].required_files[0]: replaces the file 'a' of initialize"])
})

test('a name that is a file and a folder is refused, in one list and between job and initialize', () => {
  touch('a', 'd/x', 'e')
  const clash = 'change one of the names'
  expect(told(jobset('a, {path: e, alias: a/b}'))).toEqual([
    `3:65: python.initialize.required_files[1].path: 'a/b' needs a folder 'a', and there is a file of that name | ${clash}`,
  ])
  expect(told(jobset('a', '{path: e, alias: a/b}'))).toEqual([
    `4:58: python.jobs[0].required_files[0].path: 'a/b' needs a folder 'a', and initialize has a file of that name | ${clash}`,
  ])
  expect(told(jobset('d', '{path: e, alias: d}'))).toEqual([
    `4:58: python.jobs[0].required_files[0].path: 'd' is a folder of initialize | ${clash}`,
  ])
  expect(told(jobset('d, {path: e, alias: d/x}'))).toEqual([
    "3:65: python.initialize.required_files[1].path: 'd/x' comes from 'd' and from 'e' | give one of them another alias, or leave it out",
  ])
  expect(names(check(jobset('d, {path: e, alias: d/y}')))).toEqual(['d/x', 'd/y'])
})

test('problems of text and disk are told together, in the order of the file', () => {
  const text = jobset('gone', '{path: a, alias: ../a}').replace('name: j', 'name: a/b')
  expect(told(text).map((line) => line.split(':', 2).join(':'))).toEqual(['3:55', '4:17', '4:70'])
})

test('a problem on disk of a JSON file has its place', () => {
  const text = JSON.stringify({ meta: { batch_name: 'b', namespace: 'n' }, python: { jobs: [{ name: 'j', file: 'gone' }] } }, null, 2)
  expect(told(text)).toEqual(["10:17: python.jobs[0].file: no such file 'gone' (looked in HERE)"])
})

test('the sample of the documentation is a jobset', () => {
  touch('file1.txt', 'file999.txt', 'file3.txt', 'path/build.py', 'execute_job.py')
  const result = check(`---
meta:
  batch_name: your_jobset_name
  namespace: example_namespace
  matrix: ~
  capabilities:
    - gfortran
    - python3
    - apptainer
python:
  initialize:
    build_file: ${folder}/path/build.py
    required_files:
      - path: file1.txt
      - path: file999.txt
        alias: file2.txt
  jobs:
    - name: job_1
      file: execute_job.py
      required_files:
        - path: file3.txt
    - name: job_2
      file: execute_job.py
      required_files: []
`)
  expect(result.problems).toEqual([])
  expect(names(result)).toEqual(['file1.txt', 'file2.txt'])
  expect(result.jobset?.jobs.map(({ name, files }) => [name, files.map((file) => file.name)])).toEqual([
    ['job_1', ['file3.txt']],
    ['job_2', []],
  ])
  expect(readFileSync(result.jobset?.initialize.files[1]?.source ?? '', 'utf8')).toBe('this is file999.txt')
})

test('of ten thousand jobs every path is looked at once', () => {
  touch('common.json', 'mesh.dat')
  const job = (i: number) => `    - name: job_${i}
      file: run.py
      required_files:
        - path: common.json
          alias: input.json
        - path: mesh.dat
`
  const text = `meta:\n  batch_name: big\n  namespace: n\npython:\n  jobs:\n${Array.from({ length: 10_000 }, (_, i) => job(i)).join('')}`
  const looked: string[] = []
  const result = checkFiles(parseJobset(text, { file: 'jobs.yaml', folder }), (source, written, where) => {
    looked.push(written)
    return lookAt(source, written, where)
  })
  expect(result.jobset?.jobs).toHaveLength(10_000)
  expect(looked.sort()).toEqual(['common.json', 'mesh.dat', 'run.py'])
})

test('an image is a file that is there', () => {
  touch('box/a', 'b.sif')
  const image = (sif: string) => `meta: {batch_name: b, namespace: n}\napptainer:\n  initialize: {sif: ${sif}}\n  jobs: [{name: j}]\n`
  expect(told(image('box'))).toEqual(["3:21: apptainer.initialize.sif: 'box' is a folder | name the image itself"])
  expect(told(image('a.sif'))).toEqual(["3:21: apptainer.initialize.sif: no such file 'a.sif' (looked in HERE) | did you mean 'b.sif'?"])
  expect(check(image('b.sif')).jobset?.initialize.sif).toMatchObject({ name: 'b.sif', size: 13 })
})

test('the file of parameters is not given twice', () => {
  touch('params.json', 'p.json')
  const message = "'params.json' is written from params | give the file another alias, or remove params"
  expect(told(jobset('', '{path: p.json, alias: params.json}'))).toEqual([])
  expect(told(`${jobset('', '{path: p.json, alias: params.json}')}params: {a: 1}\n`)).toEqual([
    `4:58: python.jobs[0].required_files[0].path: ${message}`,
  ])
  expect(told(`${jobset('params.json')}params: {a: 1}\n`)).toEqual([`3:55: python.initialize.required_files[0]: ${message}`])
})
