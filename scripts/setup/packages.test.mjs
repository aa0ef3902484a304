// In a copy of the scripts, with a npm that only writes down how it was called.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const here = dirname(fileURLToPath(import.meta.url))
const works = 'module.exports = class { prepare() { return { get() {} } } }'
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-packages-'))
  mkdirSync(join(folder, 'scripts', 'setup'), { recursive: true })
  cpSync(join(here, 'packages.mjs'), join(folder, 'scripts', 'setup', 'packages.mjs'))
  writeFileSync(join(folder, '.npmrc'), '')
  lock('1.0.0')
  npm(works)
})
afterEach(() => rmSync(folder, { recursive: true }))

function lock(version) {
  const text = JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version: '1.0.0', optional: true } },
  })
  writeFileSync(join(folder, 'package-lock.json'), text)
}

/** A npm whose `ci` installs a better-sqlite3 of the given source. */
function npm(sqlite) {
  const script = `#!/bin/sh
echo "$@ nodedir=$npm_config_nodedir" >> ${folder}/calls
mkdir -p ${folder}/node_modules/better-sqlite3
echo '${sqlite}' > ${folder}/node_modules/better-sqlite3/index.js
`
  writeFileSync(join(folder, 'npm'), script)
  chmodSync(join(folder, 'npm'), 0o755)
}

function setUp() {
  const code = "const p = await import('./scripts/setup/packages.mjs'); if (!p.packagesAreFresh()) p.installPackages()"
  execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: folder,
    env: { PATH: `${folder}:/usr/bin:/bin` },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

const calls = () => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n') : [])

test('npm ci runs in a fresh clone, and not again', () => {
  setUp()
  setUp()
  expect(calls()).toEqual([expect.stringMatching(/^ci --include=dev --include=optional /)])
})

test('npm ci runs again when the lock file has changed', () => {
  setUp()
  lock('1.0.1')
  setUp()
  expect(calls()).toHaveLength(2)
})

test('an installation by hand that agrees with the lock file is accepted', () => {
  mkdirSync(join(folder, 'node_modules', 'better-sqlite3'), { recursive: true })
  writeFileSync(join(folder, 'node_modules', 'better-sqlite3', 'index.js'), works)
  writeFileSync(
    join(folder, 'node_modules', '.package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
  )
  setUp()
  expect(calls()).toEqual([])
})

test('an installation by hand of something else is replaced', () => {
  mkdirSync(join(folder, 'node_modules', 'better-sqlite3'), { recursive: true })
  writeFileSync(join(folder, 'node_modules', 'better-sqlite3', 'index.js'), works)
  writeFileSync(
    join(folder, 'node_modules', '.package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/a': { version: '0.9.0' } } }),
  )
  setUp()
  expect(calls()).toHaveLength(1)
})

test('a SQLite that npm silently left out is an error that says how to see why', () => {
  npm('throw new Error("no binding")')
  expect(setUp).toThrow(/better-sqlite3 does not load: Error: no binding\nsee why with: npm ci --foreground-scripts/)
  expect(setUp).toThrow() // and it is not taken for done
})

test('node-gyp is pointed at the headers that stand beside this node', () => {
  setUp()
  const prefix = dirname(dirname(process.execPath))
  const there = existsSync(join(prefix, 'include', 'node', 'node.h'))
  expect(calls()[0]).toMatch(new RegExp(`nodedir=${there ? prefix : ''}$`))
})
