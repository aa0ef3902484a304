// `dist add` as a person sees it: killed in the middle, sent again, added to, with the state of the tree it came from.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JobsetReply } from '../../shared/api/types.ts'
import { startAgent } from '../support/agent.ts'
import { countBytes } from '../support/byte-counter.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, plainPath, startHead } from '../support/head.ts'
import { needs } from '../support/needs.ts'
import { programArgv } from '../support/programs.ts'
import { until } from '../support/until.ts'

let head: Head
let folder: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dist-add-'))
  head = await startHead()
})
afterEach(async () => {
  await head.stop()
  rmSync(folder, { recursive: true, force: true })
})

const large = 64 << 20

function writeLarge(): string {
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(large, 'so many bytes '))
  const file = join(folder, 'jobs.yaml')
  writeFileSync(
    file,
    'meta: {batch_name: big, namespace: test}\nshell:\n  initialize: {required_files: [large.bin]}\n  jobs: [{name: a, run: "true"}]\n',
  )
  return file
}

test('an add that is killed in the middle of a large file goes on there when it is typed again', async () => {
  const file = writeLarge()
  const first = await countBytes(head.url)
  const [command, ...leading] = programArgv('cli')
  const env = { PATH: plainPath, HOME: folder, DIST_HEAD: first.url, DIST_TOKEN: head.token }
  const add = spawn(command, [...leading, 'add', file], { env, stdio: 'ignore' })
  const ended = once(add, 'exit')
  await until('a part has left', () => first.toHead() > large / 4, { within: 20_000, every: 1 })
  add.kill('SIGKILL')
  await ended
  await first.stop()
  expect(first.toHead()).toBeLessThan(large)

  const second = await countBytes(head.url)
  const { sent } = JSON.parse(await distOk(head, ['add', file, '--json'], { env: { DIST_HEAD: second.url } })) as {
    sent: { bytes: number }
  }
  const passed = second.toHead()
  await second.stop()
  // what reached the head's disk before is not sent again
  expect(sent.bytes).toBeLessThan(large)
  expect(sent.bytes).toBeGreaterThan(0)
  expect(passed).toBeGreaterThanOrEqual(sent.bytes)
  expect(passed).toBeLessThan(sent.bytes + 100_000)
})

test('jobs that join a jobset run beside what is there, changed ones again, and their old results stay', async () => {
  await startAgent(head, { name: 'n1', cores: 1 })
  const file = join(folder, 'jobs.yaml')
  const write = (...jobs: string[]) =>
    writeFileSync(file, `meta: {batch_name: sweep, namespace: test}\nshell:\n  jobs:\n${jobs.map((job) => `    - ${job}\n`).join('')}`)
  write('{name: a, run: echo one}', '{name: b, run: echo one}')
  await distOk(head, ['add', file, '--wait'])
  write('{name: a, run: echo one}', '{name: b, run: echo two}', '{name: c, run: echo $DIST_PARAM_X, params: {x: 0}}')
  const refused = await dist(head, ['add', file])
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/test\/sweep is on the head already: succeeded, 2 of 2 jobs done/),
  ])
  const added = await distOk(head, ['add', file, '--extend', '--set', 'x=7', '--pull', 'out'], { cwd: folder })
  expect(added).toContain('extended test/sweep: 1 job added, 2 changed jobs run again;')
  expect(['a', 'b', 'c'].map((job) => readFileSync(join(folder, `out/sweep/${job}/stdout.txt`), 'utf8'))).toEqual(['one\n', 'two\n', '7\n'])
  const old = join(head.data, 'results/test/sweep/.attempts/b/1/stdout.txt')
  await until('the old result lies beside', () => readFileSync(old, 'utf8') === 'one\n')
  expect(await distOk(head, ['add', file, '--extend', '--set', 'x=7'])).toContain('test/sweep: nothing new, 3 jobs there already')
  expect(await distOk(head, ['add', file, '--new-version', '--wait'])).toContain('added test/sweep@2: 3 jobs')
})

test('the state of the tree is kept with the jobset, and --require-clean-git insists on it', async (context) => {
  needs(context, 'git')
  const git = (...args: string[]) => {
    const who = ['-c', 'user.name=Anna', '-c', 'user.email=anna@lab.org', '-c', 'commit.gpgsign=false', '-c', 'init.defaultBranch=main']
    return execFileSync('git', [...who, '-C', folder, ...args], { env: { PATH: plainPath, HOME: folder }, encoding: 'utf8' }).trim()
  }
  mkdirSync(join(folder, 'runs'))
  const file = join(folder, 'runs/jobs.yaml')
  writeFileSync(file, 'meta: {batch_name: b, namespace: test}\npython:\n  jobs: [{name: a, file: ../run.py}]\n')
  writeFileSync(join(folder, 'run.py'), 'pass\n')
  git('init')
  git('remote', 'add', 'origin', 'https://anna:secret@lab.org/anna/sweep.git')
  git('add', 'runs')
  git('commit', '-qm', 'first')
  const clean = (...more: string[]) => dist(head, ['add', file, '--require-clean-git', ...more])
  const untracked = await clean()
  expect([untracked.code, untracked.stderr]).toEqual([2, expect.stringContaining('not as committed: run.py; nothing was sent')])
  git('add', 'run.py')
  git('commit', '-qm', 'second')
  // what no job reads does not matter
  writeFileSync(join(folder, 'results.txt'), '')
  expect((await clean()).code).toBe(0)
  writeFileSync(join(folder, 'run.py'), 'pass # changed\n')
  expect((await clean('--new-version')).stderr).toContain('not as committed: run.py')
  await distOk(head, ['add', file, '--new-version'])

  const { jobsets } = JSON.parse(await distOk(head, ['status', '--json'])) as { jobsets: JobsetReply[] }
  const told = new Map(jobsets.map(({ batch, provenance }) => [batch, provenance]))
  const common = { commit: git('rev-parse', 'HEAD'), branch: 'main', untracked: 0, remote: 'https://lab.org/anna/sweep.git' }
  expect(told.get('b')).toMatchObject({ user: expect.any(String), host: expect.any(String), git: { ...common, dirty: false } })
  expect(told.get('b@2')?.git).toEqual({ ...common, dirty: true })
})
