// On a real terminal (that of `script`): keys are taken one by one, what is secret is not shown, and the terminal is as it was.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, type TestContext, test } from 'vitest'
import { needs } from '../../test/support/needs.ts'
import { until } from '../../test/support/until.ts'
import { writeDistProgram } from '../test-support/dist-program.ts'
import { FakeHead } from '../test-support/fake-head.ts'
import { TestFolder } from '../test-support/run-dist.ts'
import { setScene } from '../test-support/scene.ts'

let head: FakeHead
let folder: TestFolder
let child: ChildProcess | null = null

beforeEach(async () => {
  folder = new TestFolder()
  head = await FakeHead.start()
  setScene(head)
})

afterEach(async () => {
  if (child?.exitCode === null) child.kill('SIGKILL')
  await head.close()
  folder.remove()
})

/** Runs a line of shell in a terminal; `stty -a` before and after is compared. */
function terminal(context: TestContext, line: string) {
  needs(context, 'script', 'stty')
  const before = 'stty -a > before; '
  const after = '; code=$?; stty -a > after; exit $code'
  const env = {
    HOME: folder.path,
    PATH: process.env['PATH'] ?? '',
    TERM: 'xterm',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...(line.includes('login') ? {} : { DIST_HEAD: head.url, DIST_TOKEN: head.token }),
  }
  const started = spawn('script', ['-qec', before + line + after, '/dev/null'], { cwd: folder.path, env, stdio: 'pipe' })
  child = started
  const seen = { text: '' }
  started.stdout.on('data', (data: Buffer) => {
    seen.text += data.toString()
  })
  const ended = new Promise<number | null>((resolve) => started.once('close', resolve))
  const shows = (what: string) => until(`the terminal shows ${what}`, () => seen.text.includes(what), { report: () => seen.text })
  return { seen, shows, ended, type: (keys: string) => started.stdin.write(keys) }
}

const asItWas = () => expect(readFileSync(folder.join('after'), 'utf8')).toBe(readFileSync(folder.join('before'), 'utf8'))
const leaves = '\x1b[?25h\x1b[?1049l'

test.for([
  ['q', 0],
  ['\u0003', 130],
] as const)('dist top ends with %j and leaves the terminal as it was', async ([key, code], context) => {
  const run = terminal(context, `${writeDistProgram(folder)} top`)
  await run.shows('q quits')
  run.type(key)
  expect(await run.ended).toBe(code)
  expect(run.seen.text).toContain('anna/reynolds_sweep')
  expect(run.seen.text.trimEnd().endsWith(leaves)).toBe(true)
  asItWas()
})

test('a token that is typed is not shown, and works', async (context) => {
  const run = terminal(context, `${writeDistProgram(folder)} login ${head.url} --name lab`)
  await run.shows('token for')
  run.type(`${head.token.slice(0, 4)}X\u007f${head.token.slice(4)}\r`)
  expect(await run.ended).toBe(0)
  expect(run.seen.text).toContain('logged in to lab')
  expect(run.seen.text).not.toContain(head.token)
  expect(readFileSync(folder.join('.config/dist/heads.json'), 'utf8')).toContain(head.token)
  asItWas()
})
