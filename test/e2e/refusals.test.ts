// What the head and its commands refuse, and that a refusal leaves nothing behind.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { startDaemon } from '../support/daemon.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, plainPath, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended } from '../support/jobset-state.ts'
import { programArgv, root } from '../support/programs.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

test('a second head on the same data folder is refused, and the first goes on', async () => {
  const log = join(head.root, 'second.log')
  const flags = ['--data', head.data, '--http', '127.0.0.1:0', '--grpc', '127.0.0.1:0']
  const second = startDaemon({ argv: [...programArgv('server'), ...flags], env: { PATH: plainPath, HOME: head.root }, cwd: head.root, log })
  expect((await second.exited).code).toBe(1)
  expect(await head.api('GET', '/status')).toMatchObject({ jobsets: [] })
})

test('a head off loopback is refused without --insecure-plain', async () => {
  const flags = ['--data', join(head.root, 'other'), '--http', '0.0.0.0:0', '--grpc', '127.0.0.1:0']
  const log = join(head.root, 'open.log')
  const open = startDaemon({ argv: [...programArgv('server'), ...flags], env: { PATH: plainPath, HOME: head.root }, cwd: head.root, log })
  expect((await open.exited).code).toBe(2)
})

test('a wrong file shows every problem with line and column, exits with 2 and leaves nothing on the head', async () => {
  const file = join(head.root, 'wrong.yaml')
  writeFileSync(
    file,
    [
      'meta: {batch_name: a/b, namespace: test, capabilities: []}',
      'python:',
      '  initialize: {require_files: []}',
      '  jobs:',
      '    - {name: one, file: gone.py}',
      '    - {name: one, file: gone.py}',
      '',
    ].join('\n'),
  )
  const { code, stdout, stderr } = await dist(head, ['add', file])
  expect(code).toBe(2)
  expect(stdout).toBe('')
  for (const place of ['wrong.yaml:1:', 'wrong.yaml:3:', 'wrong.yaml:5:', 'wrong.yaml:6:']) expect(stderr).toContain(place)
  expect(stderr).toContain("'required_files'")
  expect(await head.api('GET', '/status')).toMatchObject({ jobsets: [] })
  expect(readdirSync(join(head.data, 'blobs')).filter((name) => name.length === 2)).toEqual([])
})

test('the same namespace and batch again is refused with what is there', async () => {
  await startAgent(head)
  const file = writeJobset(join(head.root, 'jobs'), { batch: 'twice', script: 'pass\n', jobs: 2 })
  await distOk(head, ['add', file])
  await ended(head, 'twice')
  const { code, stderr } = await dist(head, ['add', file])
  expect(code).toBe(1)
  expect(stderr).toContain('test/twice')
  expect(stderr).toContain('succeeded')
})

test('an agent installs and runs without a compiler: better-sqlite3 is not there, jobs run, and dist-server says what is missing', async () => {
  const bare = join(head.root, 'bare')
  mkdirSync(join(bare, 'node_modules'), { recursive: true })
  for (const part of ['build', 'proto', 'python', 'package.json']) cpSync(join(root, part), join(bare, part), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== 'better-sqlite3') symlinkSync(join(root, 'node_modules', name), join(bare, 'node_modules', name))
  }
  const { code } = await head.api<{ code: string }>('POST', '/nodes/invite')
  const env = { PATH: plainPath, HOME: head.root }
  const argv: [string, ...string[]] = [
    process.execPath,
    join(bare, 'build/node-agent/main.js'),
    '--head',
    head.url,
    '--join',
    code,
    '--work',
    join(head.root, 'w'),
    '--once',
  ]
  await distOk(head, ['add', writeJobset(join(head.root, 'jobs'), { batch: 'bare', script: 'print("ran")\n', jobs: 2 })])
  const agent = startDaemon({ argv, env, cwd: head.root, log: join(head.root, 'bare.log') })
  expect((await agent.exited).code).toBe(0)
  expect((await ended(head, 'bare')).state).toBe('succeeded')
  const server = startDaemon({
    argv: [
      process.execPath,
      join(bare, 'build/server/main.js'),
      '--data',
      join(head.root, 'none'),
      '--http',
      '127.0.0.1:0',
      '--grpc',
      '127.0.0.1:0',
    ],
    env,
    cwd: head.root,
    log: join(head.root, 'bare-server.log'),
  })
  expect((await server.exited).code).toBe(1)
  expect(readFileSync(join(head.root, 'bare-server.log'), 'utf8')).toContain('better-sqlite3')
})
