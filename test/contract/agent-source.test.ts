// Code that a node fetches before the build: from a real git repository and from archives over http.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packTar, type TarSource } from '../../shared/files/tar-pack.ts'
import type { Jobset } from '../../shared/wire/gen/dist/Jobset.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead, newId } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { expectNoJobProcesses } from '../support/processes.ts'

const head = new FakeHead()
const agent = new AgentProcess()
const repository = join(agent.home, 'repo')
const served = new Map<string, Buffer>()
let server: Server
let session: FakeSession

beforeAll(async () => {
  await head.start()
  server = createServer((request, response) => {
    const body = served.get(request.url ?? '')
    if (request.url === '/never') return
    response.writeHead(body === undefined ? 404 : 200).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  agent.start(head)
  session = await head.session()
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
  server.closeAllConnections()
  server.close()
})

const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`

async function build(source: NonNullable<Jobset['source']>, command = 'cat src/main.f90; ls -A') {
  const jobset = { ...head.jobset({ files: [{ name: 'init.txt', content: 'x' }] }), kind: 'shell', build_command: command, source }
  const result = await head.build(session, jobset)
  return { result, output: result.stdout.toString(), w: join(agent.work, 'ws', jobset.uid) }
}

async function packed(sources: readonly TarSource[]): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of packTar(sources)) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function archive(path: string, data: Buffer) {
  served.set(path, data)
  return { archive_url: url(path), sha256: createHash('sha256').update(data).digest() }
}

const file = (path: string, text: string, mode = 0o644): TarSource => {
  const data = Buffer.from(text)
  return { kind: 'file', path, size: data.length, mode, data }
}

function git(...args: string[]): string {
  const env = { PATH: '/usr/bin:/bin', HOME: agent.home, GIT_CONFIG_NOSYSTEM: '1' }
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main', '-c', 'protocol.file.allow=always']
  return execFileSync('git', ['-C', repository, ...who, ...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}

function commit(text: string): string {
  mkdirSync(join(repository, 'src'), { recursive: true })
  writeFileSync(join(repository, 'src/main.f90'), text)
  git('add', '.')
  git('commit', '-m', text)
  return git('rev-parse', 'HEAD')
}

test('git: the default branch, a branch, a tag and a commit, shallow, before the build', async () => {
  mkdirSync(repository)
  git('init', '-q')
  const first = commit('first\n')
  git('tag', 'v1')
  git('checkout', '-q', '-b', 'side')
  commit('side\n')
  git('checkout', '-q', 'main')
  const last = commit('last\n')
  const from = (ref: string) => build({ git_url: `file://${repository}`, ref })
  const plain = await from('')
  expect(plain.result.outcome).toBe('succeeded')
  expect(plain.output).toContain(`file://${repository} at ${last}\nlast\n`)
  expect(plain.output).toContain('initial_files\n')
  expect(readFileSync(join(plain.w, '.git/shallow'), 'utf8').trim()).toBe(last)
  expect((await from('side')).output).toContain('\nside\n')
  expect((await from('v1')).output).toContain(`${first}\nfirst\n`)
  expect((await from(first)).output).toContain(`${first}\nfirst\n`)
  expect((await from(first.slice(0, 10))).output).toContain(`${first}\nfirst\n`)
})

test('git: submodules only when they are asked for', async () => {
  const inner = join(repository, '../inner')
  execFileSync('cp', ['-r', repository, inner])
  git('submodule', 'add', '-q', inner, 'lib')
  git('commit', '-m', 'with a submodule')
  writeFileSync(join(agent.home, '.gitconfig'), '[protocol "file"]\n\tallow = always\n')
  const source = { git_url: `file://${repository}`, ref: 'main' }
  expect((await build(source, 'ls lib')).output).not.toContain('src')
  const full = await build({ ...source, submodules: true }, 'ls lib')
  expect(full.output).toContain('src')
  expect(full.result.outcome).toBe('succeeded')
})

test.each([
  ['a reference that is not there', { ref: 'nowhere' }],
  ['a reference that git would take for a flag', { ref: '--upload-pack=touch /tmp/x' }],
  ['an address that git would take for a flag', { git_url: '--upload-pack=touch /tmp/x' }],
])('git: %s fails the build, with the reason in its output', async (_, odd) => {
  const { result, output } = await build({ git_url: `file://${repository}`, ...odd }, 'echo built')
  expect(result).toMatchObject({ build: true, outcome: 'failed', exit_code: 1 })
  expect(output).toContain('source: ')
  expect(output).not.toContain('built')
})

test('builds clone with the key of agent.yaml, jobs do not see it', async () => {
  writeFileSync(join(agent.work, 'agent.yaml'), 'git_ssh_key: keys/read\n')
  await head.until(() => session.frames.some((frame) => frame.node !== null), 'the news')
  const jobset = { ...head.jobset({}), kind: 'shell', build_command: 'echo "$GIT_SSH_COMMAND"' }
  const built = await head.build(session, jobset)
  expect(built.stdout.toString()).toBe(`ssh -i '${agent.work}/keys/read' -o BatchMode=yes -o IdentitiesOnly=yes\n`)
  const job = { ...head.job(jobset.uid, ''), script: null, run: 'env' }
  session.send({ assign: [job] })
  expect((await head.result(job.attempt_id)).stdout.toString()).not.toContain('GIT_SSH')
})

test('archive: checked by its sum and unpacked, plain or gzipped', async () => {
  const tar = await packed([
    { kind: 'folder', path: 'src' },
    file('src/main.f90', 'program main\n'),
    file('run.sh', '#!/bin/sh\n', 0o755),
    { kind: 'link', path: 'alias', target: 'src/main.f90' },
  ])
  const { gzipSync } = await import('node:zlib')
  for (const data of [tar, gzipSync(tar)]) {
    const { result, output, w } = await build(await archive(`/${newId(4)}.tar`, data), 'cat alias; test -x run.sh; test ! -x alias')
    expect(output).toContain('program main\n')
    expect(result.outcome).toBe('succeeded')
    expect(existsSync(join(w, '.source-download'))).toBe(false)
  }
})

test('archive: what is not what the jobset says is not unpacked', async () => {
  const source = await archive('/a.tar', await packed([file('a', 'x')]))
  const { result, output, w } = await build({ ...source, sha256: Buffer.alloc(32) }, 'echo built')
  expect(result).toMatchObject({ outcome: 'failed', exit_code: 1 })
  expect(output).toContain('SHA-256')
  expect(existsSync(join(w, 'a'))).toBe(false)
  expect((await build({ archive_url: url('/missing'), sha256: Buffer.alloc(32) })).output).toContain('HTTP 404')
})

test.each([
  ['a path that leads out', 'leads out of the workspace', [file('../../out', 'x')]],
  ['an absolute path', 'leads out of the workspace', [file('/etc/hostname', 'x')]],
  ['a link that leads out', 'is a link that leads out', [{ kind: 'link', path: 'l', target: '../..' } as const]],
  [
    'a chain of links that leads out',
    'is a link that leads out',
    [
      { kind: 'folder', path: 'd' } as const,
      { kind: 'link', path: 'd/up', target: '..' } as const,
      { kind: 'link', path: 'x', target: 'd/up/..' } as const,
    ],
  ],
  ['a file in the place of one of the jobset', 'is there already, from the jobset', [file('input/init.txt', 'mine')]],
])('archive: %s fails the build by name', async (name, reason, sources) => {
  const data = rawTar(sources)
  const { result, output } = await build(await archive(`/${newId(4)}.tar`, data), 'echo built')
  expect(result.outcome, name).toBe('failed')
  expect(output).toContain(reason)
  expect(output).not.toContain('built\n')
})

test('a fetch that hangs is stopped like any build, and leaves no process', async () => {
  const jobset = {
    ...head.jobset({}),
    kind: 'shell',
    build_command: 'true',
    source: { archive_url: url('/never'), sha256: Buffer.alloc(32) },
  }
  const id = newId(16)
  session.send({ jobsets: [jobset], builds: [{ build_id: id, jobset_uid: jobset.uid, cores: 1 }] })
  await head.until(() => session.frames.some((frame) => frame.builds.some((report) => report.build_id === id)), 'the start')
  session.send({ orders: [{ attempt_id: id, kind: 'STOP' }] })
  expect((await head.result(id)).outcome).toBe('cancelled')
  await expectNoJobProcesses(agent.work)
})

/** tar(1) packs what our own packer refuses to. */
function rawTar(sources: readonly TarSource[]): Buffer {
  const root = join(agent.home, `tar-${newId(4)}`, 'a', 'b')
  mkdirSync(root, { recursive: true })
  const names: string[] = []
  for (const source of sources) {
    const path = source.path.startsWith('/') ? source.path : join(root, source.path)
    mkdirSync(join(path, '..'), { recursive: true })
    if (source.kind === 'folder') mkdirSync(path, { recursive: true })
    else if (source.kind === 'link') symlinkSync(source.target, path)
    else if ('data' in source && !source.path.startsWith('/')) writeFileSync(path, source.data)
    names.push(source.path)
  }
  const absolute = names.some((name) => name.startsWith('/'))
  const list = absolute ? ['--transform', 's,^,/,', '-C', '/', 'etc/hostname'] : ['-C', root, '--no-recursion', ...names]
  return execFileSync('tar', ['-P', '-cf', '-', ...list], { maxBuffer: 1 << 26 })
}
