import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isDeclaration } from '../../shared/model/capability.ts'
import { isAlive } from '../../test/support/processes.ts'
import { until } from '../../test/support/until.ts'
import { runProbes, versionOf } from './capabilities.ts'

let cwd = ''
let warnings: string[] = []
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'dist-probe-'))
  warnings = []
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function run(probes: Record<string, string>, more: { limit?: number; signal?: AbortSignal } = {}): Promise<string[]> {
  const options = { env: { PATH: '/usr/bin:/bin', COLOUR: 'red' }, cwd, warn: (message: string) => warnings.push(message) }
  return runProbes(probes, { signal: new AbortController().signal, ...options, ...more })
}

test.each([
  ['12', '12'],
  ['12.2.0', '12.2.0'],
  ['GNU Fortran (Debian 12.2.0-14) 12.2.0', '12.2.0'],
  ['v20.19.1', '20.19.1'],
  ['Open MPI 4.1.4rc2', '4.1.4rc2'],
  ['ELPA 2022 version 2022.11.001', '2022.11.001'],
  ['release 9, V9', '9'],
  ['Linux x86_64', null],
  ['yes', null],
  ['', null],
])('the version in %j is %j', (line, version) => {
  expect(versionOf(line)).toBe(version)
  if (version !== null) expect(isDeclaration(`word=${version}`)).toBe(true)
})

test('a probe that does well gives its word, with the version of its first line', async () => {
  const words = await run({ fortran: 'echo "Fortran 12.2.0"; echo 99.9', lab: 'true', colour: 'test "$COLOUR" = red' })
  expect(words).toEqual(['fortran', 'fortran=12.2.0', 'lab', 'colour'])
  expect(warnings).toEqual([])
})

test('one that fails gives none and a warning that names it', async () => {
  expect(await run({ no: 'echo 1.2; exit 3', gone: 'no-such-program', dead: 'kill -9 $$', yes: 'echo 1.2' })).toEqual(['yes', 'yes=1.2'])
  expect(warnings).toHaveLength(3)
  expect(warnings.join()).toContain('the probe for no (echo 1.2; exit 3) failed with exit code 3')
  expect(warnings.join()).toContain('ended by SIGKILL')
})

test('one that takes too long is ended with all that it started', async () => {
  expect(await run({ slow: 'sleep 600 & echo $! > pid; wait' }, { limit: 300 })).toEqual([])
  expect(warnings.join()).toContain('did not end within 0.3 s')
  await until('it is gone', () => !isAlive(Number(readFileSync(join(cwd, 'pid'), 'utf8'))))
})

test('what it leaves behind is ended too, and does not hold up the answer', async () => {
  expect(await run({ daemon: 'sleep 600 & echo $! > pid; echo 7.1' })).toEqual(['daemon', 'daemon=7.1'])
  await until('it is gone', () => !isAlive(Number(readFileSync(join(cwd, 'pid'), 'utf8'))))
})

test('when nobody waits any more it ends at once, without a warning', async () => {
  const over = new AbortController()
  const words = run({ slow: 'touch begun; sleep 600' }, { signal: over.signal })
  await until('it runs', () => existsSync(join(cwd, 'begun')))
  over.abort()
  expect(await words).toEqual([])
  expect(warnings).toEqual([])
})
