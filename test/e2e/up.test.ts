// `dist up` and `dist serve` start other programs: whatever happens, they end with them and leave nothing behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

test('a jobset runs without any head, its results are fetched, and the same file again only fetches', async () => {
  const script = 'open("distribute_save/at.txt", "w").write("ran")\nprint("done it")\n'
  const file = writeJobset(join(root, 'jobs'), { batch: 'quick', script, jobs: 3 })
  const up = run('up', file, '--save-dir', 'out')
  expect(await up.ended, up.output()).toBe(0)
  const [job = ''] = readdirSync(join(root, 'out/quick'))
  expect(readFileSync(join(root, 'out/quick', job, 'stdout.txt'), 'utf8')).toBe('done it\n')
  await expectNoProcesses(root)
  rmSync(join(root, 'out/quick', job, 'at.txt'))
  const again = run('up', file, '--save-dir', 'out', '--json')
  expect(await again.ended, again.output()).toBe(0)
  expect(JSON.parse(again.output())).toMatchObject({
    did: { kind: 'extend', added: 0, changed: 0, unchanged: 3 },
    pulled: { fetched: { files: 1 } },
  })
  expect(existsSync(join(root, 'out/quick', job, 'at.txt'))).toBe(true)
})

test('a failing job makes it fail, with its output fetched too; the same file again runs it again', async () => {
  const script = 'import os\nprint("oh no")\nraise SystemExit(0 if os.path.exists(os.environ["HOME"] + "/fine") else 7)\n'
  const file = writeJobset(join(root, 'jobs'), { batch: 'bad', script, jobs: 1 })
  const up = run('up', file, '--save-dir', 'out')
  expect(await up.ended, up.output()).toBe(1)
  expect(up.output()).toContain('1 × failed: exit code 7')
  expect(up.output()).toMatch(/look at: out\/bad\/.*\/stdout\.txt/)
  writeFileSync(join(root, 'fine'), '')
  const again = run('up', file, '--save-dir', 'out')
  expect(await again.ended, again.output()).toBe(0)
  expect(again.output()).toContain('1 job that did not succeed runs again')
})

test.each([1, 2])('Ctrl-C while jobs run, %i times, stops them and leaves nothing running', async (times) => {
  const file = writeJobset(join(root, 'jobs'), { batch: 'long', script: 'import time\ntime.sleep(60)\n', jobs: 2 })
  const up = run('up', file)
  await until('a job runs', () => processesOf(root).some(({ command }) => command.includes('job.py')), { within: 20_000 })
  up.process.kill('SIGINT')
  if (times === 2) {
    await until('it stops', () => up.output().includes('stopping the head'))
    up.process.kill('SIGINT')
  }
  expect(await up.ended, up.output()).toBe(130)
  await expectNoProcesses(root, times === 2 ? 10_000 : undefined)
})

test('a bare up is found by the same account until Ctrl-C, which is its good end; another up uses its head', async () => {
  const up = run('up')
  await until('it is up', () => up.output().includes('end them with Ctrl-C'), { within: 20_000 })
  const status = run('status', '--json')
  expect(await status.ended).toBe(0)
  expect(JSON.parse(status.output())).toMatchObject({ jobsets: [], nodes: { online: 1 } })
  const file = writeJobset(join(root, 'jobs'), { batch: 'quick', script: 'print("done it")\n', jobs: 1 })
  const second = run('up', file, '--save-dir', 'out')
  expect(await second.ended, second.output()).toBe(0)
  expect(second.output()).toContain('using the head and agent of another')
  expect(second.output()).not.toContain('stopping')
  expect(up.process.exitCode).toBe(null)
  up.process.kill('SIGINT')
  expect(await up.ended, up.output()).toBe(0)
})

test('whoever started the head keeps it until the others that use it have ended', async () => {
  const wait = (name: string) => `import os, time\nwhile not os.path.exists(os.environ["HOME"] + "/go-${name}"):\n    time.sleep(0.05)\n`
  const [one, two] = ['one', 'two'].map((name) => writeJobset(join(root, name), { batch: name, script: wait(name), jobs: 1 }))
  const first = run('up', one ?? '', '--save-dir', 'out')
  await until('its job runs', () => processesOf(root).some(({ command }) => command.includes('job.py')), { within: 20_000 })
  const second = run('up', two ?? '', '--save-dir', 'out')
  await until('the second uses it', () => second.output().includes('using the head'), { within: 20_000 })
  writeFileSync(join(root, 'go-one'), '')
  await until('the first waits', () => first.output().includes('they stay until it ends'), { within: 20_000 })
  writeFileSync(join(root, 'go-two'), '')
  expect([await second.ended, await first.ended], `${first.output()}${second.output()}`).toEqual([0, 0])
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
