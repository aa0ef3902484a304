// With an apt-get that only writes down what it was told.

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-private-'))
  mkdirSync(join(folder, 'scratch'))
  writeFileSync(join(folder, 'os-release'), 'NAME="Debian"\nID=debian\nVERSION_CODENAME=bookworm\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** An apt-get whose `install` ends with the given lines of shell. */
function apt(install) {
  const script = `#!/bin/sh
case "$1" in
  indextargets) echo 'Packages bookworm-updates main near://mirror/updates/'; echo 'Packages bookworm main near://mirror/debian/';;
  install) echo "$@" > ${folder}/install; cp "$APT_CONFIG" ${folder}/apt.conf
    ${install};;
esac
`
  writeFileSync(join(folder, 'apt-get'), script)
  chmodSync(join(folder, 'apt-get'), 0o755)
}

/** Runs code that has `module` of this folder as `m`, with that apt-get; its stderr. */
function child(module, code) {
  const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') }
  const text = `const m = await import(${JSON.stringify(join(here, module))}); try { ${code} } catch (error) { console.error(error.message) }`
  return spawnSync(process.execPath, ['--input-type=module', '-e', text], { env, encoding: 'utf8' }).stderr.trim()
}

function unpack() {
  const where = { scratch: join(folder, 'scratch'), into: folder, release: join(folder, 'os-release') }
  return child(
    'private-packages.mjs',
    `m.unpackPackages(${JSON.stringify({ suite: 'sid', packages: ['tool'], without: ['net'], ...where })})`,
  )
}

test('packages come from where this machine has its own, and apt believes that nothing is installed but what is not wanted', () => {
  apt('true')
  expect(unpack()).toBe('')
  expect(readFileSync(join(folder, 'scratch/sources/one.sources'), 'utf8')).toContain('URIs: near://mirror/debian/\nSuites: sid\n')
  expect(readFileSync(join(folder, 'scratch/status'), 'utf8')).toMatch(/^Package: net\nStatus: install ok installed\n/)
  expect(readFileSync(join(folder, 'install'), 'utf8')).toContain('--download-only tool')
  expect(readFileSync(join(folder, 'apt.conf'), 'utf8')).toContain(`Dir::State::status "${folder}/scratch/status";`)
})

test("a package that is gone is an error with apt's words", () => {
  apt('echo "E: Unable to locate package tool" >&2; exit 100')
  expect(unpack()).toBe('apt-get install failed: E: Unable to locate package tool')
})

test('another system is told so', () => {
  apt('true')
  writeFileSync(join(folder, 'os-release'), 'ID=other\n')
  expect(unpack()).toMatch(/on Debian only, this is other/)
})

test('an apptainer that cannot be had leaves nothing in the cache', () => {
  apt('exit 100')
  expect(child('apptainer.mjs', 'm.installApptainer()')).not.toBe('')
  expect(readdirSync(join(folder, 'cache/dist-tests'))).toEqual([])
})
