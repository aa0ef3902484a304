import { rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { FakeHead } from '../test-support/fake-head.ts'
import { nodeReply } from '../test-support/fake-state.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'
import { writeJobset } from '../test-support/write-jobset.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  writeJobset(folder)
})

const offline = (...argv: string[]) => runDist(argv, { cwd: folder.path })
const online = (...argv: string[]) => runDist(argv, { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: head.token } })

test('a good file is checked without a head', async () => {
  const run = await offline('check')
  expect(run).toEqual({ code: 0, stdout: 'jobs.yaml: ok, anna/sweep with 3 jobs and 7 files\n', stderr: '' })
})

test('a bad file is wrong input', async () => {
  rmSync(folder.join('run.py'))
  const run = await offline('check', 'jobs.yaml')
  expect(run.code).toBe(2)
  expect(run.stderr).toContain('no such file')
})

test('with a head it tells who could run it', async () => {
  head.state.nodes = [nodeReply({}), nodeReply({ name: 'node2', capabilities: [] })]
  const run = await online('add', '--dry', 'jobs.yaml')
  expect(run.stdout).toContain('1 of 2 nodes can run it: node1\n')
  expect(head.seen).toEqual(['nodes'])
})

test('when nobody can run it, who comes closest is named', async () => {
  head.state.nodes = [nodeReply({ name: 'node2', capabilities: ['fortran'] })]
  const run = await online('check')
  expect(run.code).toBe(0)
  expect(run.stderr).toContain('node2 comes closest: it lacks python3')
})

test('--show-caps lists what nodes have, and needs a head', async () => {
  head.state.nodes = [nodeReply({})]
  expect((await online('check', '--show-caps')).stdout).toContain('node1: python3, os=debian, cores=8, memory=1024\n')
  expect((await offline('check', '--show-caps')).code).toBe(1)
})

test('a folder in the place of a file is told with the file in it', async () => {
  const run = await offline('check', '.')
  expect(run.code).toBe(2)
  expect(run.stderr).toContain('write ./jobs.yaml')
})

test('of a search its trials are counted, and what works without a head refuses it', async () => {
  const text =
    'meta: {batch_name: s, namespace: anna}\nshell:\nsearch: {command: "true", params: {x: {range: 100}, y: [1, 2]}, num_samples: 3}\n'
  writeFileSync(folder.join('search.yaml'), text)
  expect(await offline('check', 'search.yaml')).toEqual({
    code: 0,
    stdout: 'search.yaml: ok, anna/s with 600 trials and 0 files\n',
    stderr: '',
  })
  for (const [command, ...rest] of [['run'], ['slurm', 'out'], ['sge', 'out']]) {
    const { code, stderr } = await offline(command ?? '', ...rest, 'search.yaml')
    expect([code, stderr]).toEqual([2, expect.stringContaining(`dist ${command} cannot run a search`)])
  }
})
