import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('it counts tests, broken files and errors outside tests, and keeps the reasons of skipped ones', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dist-tally-'))
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const start = "import { beforeAll, describe, expect, test } from 'vitest'\n"
    writeFileSync(
      join(folder, 'a.test.mjs'),
      `${start}test('good', () => {})
test('bad', () => expect(1).toBe(2))
test('left out', ({ skip }) => skip('no ccx here'))
test('rejects later', () => void Promise.reject(new Error('nobody listens')))
describe('group', () => {
  beforeAll(() => { throw new Error('broken hook') })
  test('never runs', () => {})
})
`,
    )
    writeFileSync(join(folder, 'b.test.mjs'), `${start}throw new Error('broken file')\n`)
    const tally = join(folder, 'tally.json')
    const args = ['run', '--root', folder, `--reporter=${join(root, 'scripts', 'test', 'tally-reporter.mjs')}`]
    spawnSync(join(root, 'node_modules', '.bin', 'vitest'), args, { cwd: folder, env: { ...process.env, DIST_TALLY: tally } })
    const { passed, failed, skipped } = JSON.parse(readFileSync(tally, 'utf8'))
    expect(skipped).toContainEqual({ test: 'a.test.mjs: left out', reason: 'no ccx here' })
    // good and the one whose promise fails behind its back; bad, that promise, the hook, the file
    expect({ passed, failed }).toEqual({ passed: 2, failed: 4 })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
