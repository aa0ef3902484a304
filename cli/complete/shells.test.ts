// The scripts in real shells, where they are installed: what Tab offers, and that a name from the head is never run.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, type TestContext, test } from 'vitest'
import { needs } from '../../test/support/needs.ts'
import { writeDistProgram } from '../test-support/dist-program.ts'
import { FakeHead } from '../test-support/fake-head.ts'
import { jobsetReply } from '../test-support/fake-state.ts'
import { TestFolder } from '../test-support/run-dist.ts'
import { type Shell, scripts } from './scripts.ts'

const run = promisify(execFile)
const evil = 'x$(touch ran)`touch ran`;touch ran'

let head: FakeHead
let folder: TestFolder

beforeEach(async () => {
  folder = new TestFolder()
  head = await FakeHead.start()
  head.state.jobsets.push(jobsetReply({}), jobsetReply({ id: 2, batch: 'mesh study' }), jobsetReply({ id: 3, batch: evil }))
  writeDistProgram(folder)
})

afterEach(async () => {
  await head.close()
  expect(existsSync(folder.join('ran'))).toBe(false)
  folder.remove()
})

/** Runs a script of the shell after that of the completion; its lines. */
async function inShell(context: TestContext, shell: Shell, flags: readonly string[], body: string): Promise<string[]> {
  needs(context, shell)
  const env = {
    HOME: folder.path,
    PATH: `${folder.path}:${process.env['PATH']}`,
    DIST_HEAD: head.url,
    DIST_TOKEN: head.token,
    LANG: 'C.UTF-8',
  }
  const { stdout, stderr } = await run(shell, [...flags, '-c', `${scripts[shell]}\n${body}`], { cwd: folder.path, env, timeout: 60_000 })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((line) => line !== '')
}

/** What bash calls with a line whose last word it cut at `=` or `:`. */
const bash = (line: string, words: readonly string[]): string =>
  `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_CWORD=${words.length - 1}
  COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
  _dist; printf '%s\\n' "\${COMPREPLY[@]}"`

test('bash completes names, quoted, and words that it cuts at an equals sign', async (context) => {
  const body = [bash('dist wait anna/', ['dist', 'wait', 'anna/']), bash('dist completion b', ['dist', 'completion', 'b'])].join('\n')
  expect(await inShell(context, 'bash', ['--norc', '--noprofile'], body)).toEqual([
    'anna/sweep',
    'anna/mesh\\ study',
    'anna/x\\$\\(touch\\ ran\\)\\`touch\\ ran\\`\\;touch\\ ran',
    'bash',
  ])
})

test('bash takes the script, and puts a folder without a space', async (context) => {
  needs(context, 'bash')
  expect(spawnSync('bash', ['-n', '-c', scripts.bash]).status).toBe(0)
  expect(await inShell(context, 'bash', ['--norc', '--noprofile'], 'complete -p dist')).toEqual(['complete -F _dist dist'])
})

test('zsh completes names and quotes them by itself', async (context) => {
  // the real compadd works within a line editor only: its arguments are what is looked at
  const body = `compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- "$@" }
  words=(dist wait anna/) CURRENT=3
  _dist`
  const script = ['-f', '-o', 'no_global_rcs']
  const before = 'compdef() { }\n'
  needs(context, 'zsh')
  const env = {
    HOME: folder.path,
    PATH: `${folder.path}:${process.env['PATH']}`,
    DIST_HEAD: head.url,
    DIST_TOKEN: head.token,
    LANG: 'C.UTF-8',
  }
  const { stdout } = await run('zsh', [...script, '-c', `${before}${scripts.zsh}\n${body}`], { cwd: folder.path, env, timeout: 60_000 })
  expect(stdout.trimEnd().split('\n')).toEqual(['anna/sweep', 'anna/mesh study', `anna/${evil}`])
})

test('fish completes names with what they are', async (context) => {
  const lines = await inShell(context, 'fish', ['--no-config'], "complete -C 'dist wait anna/'")
  expect(lines.map((line) => line.split('\t'))).toEqual(
    expect.arrayContaining([
      ['anna/sweep', 'active, 0 jobs'],
      [expect.stringContaining('mesh'), 'active, 0 jobs'],
    ]),
  )
  expect(lines).toHaveLength(3)
})
