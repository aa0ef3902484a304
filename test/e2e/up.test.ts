// `dist up` and `dist serve` start other programs: whatever happens, they end with them and leave nothing behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeJobset } from '../support/jobset-file.ts'
import { expectNoProcesses, processesOf } from '../support/processes.ts'
import { programArgv } from '../support/programs.ts'
import { until } from '../support/until.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dist-up-'))
})
afterEach(async () => {
  await expectNoProcesses(root, 10_000)
  rmSync(root, { recursive: true, force: true })
})

interface Running {
  readonly process: ChildProcess
  readonly output: () => string
  readonly ended: Promise<number | null>
}

/** `dist` as a person without any head runs it. */
function run(...args: string[]): Running {
  const [command, ...leading] = programArgv('cli')
  const child = spawn(command, [...leading, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: root },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)))
  return { process: child, output: () => text, ended: new Promise((resolve) => child.once('close', resolve)) }
}

const left = (): string[] => readdirSync(join(root, '.local/state/dist'))

test('a jobset runs without any head, its results are fetched, nothing stays', async () => {
  const file = writeJobset(join(root, 'jobs'), { batch: 'quick', script: 'print("done it")\n', jobs: 3 })
  const up = run('up', file, '--save-dir', 'out')
  expect(await up.ended, up.output()).toBe(0)
  const [job] = readdirSync(join(root, 'out/quick'))
  expect(readFileSync(join(root, 'out/quick', job ?? '', 'stdout.txt'), 'utf8')).toBe('done it\n')
  expect(left()).toEqual([])
})

test('a failing job makes it fail, with its output fetched too', async () => {
  const file = writeJobset(join(root, 'jobs'), { batch: 'bad', script: 'print("oh no")\nraise SystemExit(7)\n', jobs: 1 })
  const up = run('up', file, '--save-dir', 'out')
  expect(await up.ended, up.output()).toBe(1)
  expect(up.output()).toContain('1 × failed: exit code 7')
  expect(up.output()).toMatch(/look at: out\/bad\/.*\/stdout\.txt/)
  expect(left()).toEqual([])
})

test('Ctrl-C while jobs run stops them and leaves nothing', async () => {
  const file = writeJobset(join(root, 'jobs'), { batch: 'long', script: 'import time\ntime.sleep(60)\n', jobs: 2 })
  const up = run('up', file)
  await until('a job runs', () => processesOf(root).some(({ command }) => command.includes('job.py')), { within: 20_000 })
  up.process.kill('SIGINT')
  expect(await up.ended, up.output()).toBe(130)
  await expectNoProcesses(root)
  expect(left()).toEqual([])
})

test('a bare up is found by the same account until Ctrl-C, which is its good end', async () => {
  const up = run('up')
  await until('it is up', () => up.output().includes('end them with Ctrl-C'), { within: 20_000 })
  const status = run('status', '--json')
  expect(await status.ended).toBe(0)
  expect(JSON.parse(status.output())).toMatchObject({ jobsets: [], nodes: { online: 1 } })
  up.process.kill('SIGINT')
  expect(await up.ended, up.output()).toBe(0)
  expect(left()).toEqual([])
})

test('serve is the head itself and hands SIGTERM on', async () => {
  const ready = join(root, 'ready.json')
  const serve = run('serve', '--http', '127.0.0.1:0', '--grpc', '127.0.0.1:0', '--ready-file', ready)
  await until('it listens', () => existsSync(ready), { within: 20_000 })
  const status = run('status', '--json')
  expect(await status.ended, status.output()).toBe(0)
  serve.process.kill('SIGTERM')
  expect(await serve.ended, serve.output()).toBe(0)
})
