// What is offered at the cursor: by the grammar, by the head, by the folder. Asked as fish asks.
import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { writeSavedHeads } from '../local/saved-heads.ts'
import type { FakeHead } from '../test-support/fake-head.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { setScene } from '../test-support/scene.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  setScene(head)
})

async function offered(words: readonly string[], env: Record<string, string> = { DIST_HEAD: head.url, DIST_TOKEN: head.token }) {
  const run = await runDist(['__complete', 'fish', ...words], { cwd: folder.path, env })
  expect([run.code, run.stderr]).toEqual([0, ''])
  return run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0])
}

test('commands, and commands in commands', async () => {
  expect(await offered(['re'])).toEqual(['results', 'retry', 'resume', 'release', 'restore'])
  expect(await offered(['node', ''])).toEqual(['invite', 'show', 'pause', 'resume', 'clear', 'drain', 'help'])
  expect(await offered(['search', 're'])).toEqual(['retry'])
  expect(await offered(['results', '--p'])).toEqual(['--pareto', '--parquet', '--plot', '--python', '--port', '--patience'])
})

test('flags of the command and those of all', async () => {
  expect(await offered(['jobs', '--s'])).toEqual(['--state'])
  expect(await offered(['jobs', '--pa'])).toEqual(['--patience'])
  expect(await offered(['completion', ''])).toEqual(['bash', 'zsh', 'fish'])
})

test('jobsets of the head, by their full name and, when one writes it, by the batch', async () => {
  const all = ['anna/reynolds_sweep', 'anna/mesh_study', 'bob_group/needs_a_card', '流体力学/円柱まわりの流れ', 'anna/first_try', 'last']
  expect(await offered(['wait', ''])).toEqual(all)
  expect(await offered(['kill', 'anna/m'])).toEqual(['anna/mesh_study'])
  expect(await offered(['kill', 'rey'])).toEqual(['reynolds_sweep'])
  expect(await offered(['wait', '流'])).toEqual(['流体力学/円柱まわりの流れ'])
})

test('jobs, where a job may stand', async () => {
  expect(await offered(['logs', 'anna/first_try/a_'])).toEqual([0, 1, 2, 3, 4, 5].map((i) => `anna/first_try/a_${i}`))
  expect(await offered(['show', 'first_try/a_5'])).toEqual(['first_try/a_5'])
  expect(await offered(['wait', 'anna/first_try/a_'])).toEqual([])
})

test('nodes, tokens and saved heads, also as values of flags', async () => {
  expect(await offered(['node', 'pause', 'lab'])).toEqual(['lab1', 'lab2'])
  expect(await offered(['logs', '--build', '--node', 'w'])).toEqual(['workstation-of-the-second-floor'])
  expect(await offered(['logs', '--node=w'])).toEqual(['--node=workstation-of-the-second-floor'])
  expect(await offered(['token', 'revoke', '1'])).toEqual(['1f3a'])
  writeSavedHeads({ HOME: folder.path }, { chosen: null, heads: [{ name: 'lab', url: head.url, token: head.token }] })
  expect(await offered(['--head', ''])).toEqual(['lab'])
  expect(await offered(['--head', 'lab', 'node', 'show', 'ol'], {})).toEqual(['old'])
})

test('files and folders', async () => {
  mkdirSync(folder.join('sub'))
  for (const name of ['jobs.yaml', 'notes.txt', 'sub/other.yaml', '.hidden.yaml']) writeFileSync(folder.join(name), '')
  expect(await offered(['add', ''])).toEqual(['jobs.yaml', 'notes.txt', 'sub/'])
  expect(await offered(['add', 'sub/'])).toEqual(['sub/other.yaml'])
  expect(await offered(['backup', ''])).toEqual(['sub/'])
  expect(await offered(['wait', 'jo'])).toEqual(['jobs.yaml'])
})

test('without a head, with a wrong token or with a slow head nothing of it is offered, and nothing is said', async () => {
  expect(await offered(['kill', ''], {})).toEqual([])
  expect(await offered(['kill', ''], { DIST_HEAD: 'http://127.0.0.1:9' })).toEqual([])
  expect(await offered(['kill', ''], { DIST_HEAD: head.url, DIST_TOKEN: 'wrong' })).toEqual([])
  expect(await offered(['kill', ''], { DIST_HEAD: 'ftp://x' })).toEqual([])
  expect(await offered(['frobnicate', 'x', ''])).toEqual([])
})

test('names that would be two words, or steer the terminal, are left out', async () => {
  head.lies.set('nodes', () => ({ json: { nodes: ['good', 'a\nb', '\u001b[2J', 'x\ty'].map((name) => ({ name, state: 'idle' })) } }))
  expect(await offered(['node', 'show', ''])).toEqual(['good'])
})

test('scripts, where a script is run', async () => {
  writeFileSync(folder.join('batch.py'), '')
  writeFileSync(folder.join('notes.txt'), '')
  expect(await offered(['search', 'run', ''])).toEqual(['batch.py'])
  expect(await offered(['search', 'import', '--python', 'n'])).toEqual(['notes.txt'])
})
