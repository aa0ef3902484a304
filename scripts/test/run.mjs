// Runs one check or one suite of suites.mjs and says how it went: {passed, failed, skipped: [{test, reason}]}.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A command: its output is shown only when it fails. */
export async function runCheck({ name, bin, args }) {
  const { status, output } = await start(bin, args, {}, 'pipe')
  if (status === 0) return { passed: 1, failed: 0, skipped: [] }
  process.stdout.write(`\n${output}\n${name} failed\n`)
  return { passed: 0, failed: 1, skipped: [] }
}

/** A vitest project: vitest prints what fails, the tally reporter counts. */
export async function runSuite({ name }, filters = []) {
  const folder = join(root, '.test-report')
  const tallyFile = join(folder, `${name}.json`)
  mkdirSync(folder, { recursive: true })
  rmSync(tallyFile, { force: true })
  const reporters = ['--reporter=agent', `--reporter=${join(root, 'scripts', 'test', 'tally-reporter.mjs')}`]
  const args = ['run', '--project', name, '--passWithNoTests', ...reporters, ...filters]
  const { status } = await start('vitest', args, { DIST_TALLY: tallyFile }, 'inherit')
  const tally = read(tallyFile)
  // vitest itself broke, or found a fault that is no test's
  if (tally === null) return { passed: 0, failed: 1, skipped: [] }
  return status !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally
}

function start(bin, args, env, stdio) {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, 'node_modules', '.bin', bin), args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', stdio, stdio],
    })
    let output = ''
    child.stdout?.on('data', (data) => {
      output += data
    })
    child.stderr?.on('data', (data) => {
      output += data
    })
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, output }))
  })
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
