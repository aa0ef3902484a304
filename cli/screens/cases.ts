// The command lines whose screens are kept: a file each, with one or more of them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { sha256 } from '../../shared/files/digest.ts'
import { packTar, type TarSource } from '../../shared/files/tar-pack.ts'
import { writeSavedHeads } from '../local/saved-heads.ts'
import type { FakeHead } from '../test-support/fake-head.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { writeJobset } from '../test-support/write-jobset.ts'
import type { ScreenCase } from './screen-case.ts'
import { searchCases } from './search-cases.ts'

export const screenCases: readonly ScreenCase[] = [
  { command: 'status', runs: [['status'], ['status', '--all']] },
  {
    command: 'jobs',
    runs: [
      ['jobs', 'reynolds_sweep'],
      ['jobs', 'last', '--state', 'failed'],
      ['jobs', 'reynolds_sweep/re_*', '--limit', '3'],
    ],
  },
  {
    command: 'show',
    runs: [
      ['show', 'reynolds_sweep'],
      ['show', 'mesh_study'],
      ['show', 'first_try'],
      ['show', '流体力学/円柱まわりの流れ'],
      ['show', 'reynolds_sweep/re_200'],
      ['show', 'reynolds_sweep/渦*'],
    ],
  },
  { command: 'top', runs: [['top'], ['top', '--all']] },
  {
    command: 'wait',
    runs: [
      ['wait', 'first_try'],
      ['wait', '流体力学/円柱まわりの流れ'],
    ],
  },
  { command: 'watch', runs: [['watch', 'first_try']], prepare: (head) => watchEnds(head) },
  {
    command: 'logs',
    runs: [
      ['logs', 'reynolds_sweep/re_200'],
      ['logs', '--build', 'reynolds_sweep'],
      ['logs', 'reynolds_sweep/re_900'],
    ],
  },
  ...searchCases,
  {
    command: 'kill',
    runs: [
      ['kill', 'anna/reynolds_sweep'],
      ['kill', 'reynolds_sweep/re_*'],
      ['kill', 'mesh_study'],
    ],
    prepare(head) {
      head.state.deaf = ['lab2']
    },
  },
  {
    command: 'retry',
    runs: [
      ['retry', 'first_try', '--failed'],
      ['retry', 'mesh_study'],
    ],
  },
  {
    command: 'resume',
    runs: [
      ['resume', 'first_try'],
      ['resume', 'mesh_study'],
    ],
  },
  {
    command: 'hold',
    runs: [
      ['hold', 'reynolds_sweep'],
      ['hold', 'mesh_study'],
      ['hold', 'first_try'],
    ],
  },
  {
    command: 'release',
    runs: [
      ['release', 'mesh_study'],
      ['release', 'reynolds_sweep/re_200'],
    ],
  },
  {
    command: 'priority',
    runs: [
      ['priority', 'anna/*', '10'],
      ['priority', 'reynolds_sweep/re_200', '1'],
    ],
  },
  { command: 'nodes', runs: [['nodes']] },
  {
    command: 'node show',
    runs: [
      ['node', 'show', 'workstation*'],
      ['node', 'show', 'lab2'],
      ['node', 'show', 'old'],
    ],
  },
  { command: 'node invite', runs: [['node', 'invite']] },
  {
    command: 'node pause',
    runs: [
      ['node', 'pause', 'lab1'],
      ['node', 'pause', 'lab2', '--for', '2h'],
    ],
  },
  {
    command: 'node resume',
    runs: [
      ['node', 'resume', 'lab2'],
      ['node', 'resume', 'lab1'],
    ],
  },
  {
    command: 'node clear',
    runs: [
      ['node', 'clear', 'lab*'],
      ['node', 'clear', 'lba1'],
    ],
  },
  { command: 'node drain', runs: [['node', 'drain', 'lab1', '--timeout', '30m']] },
  { command: 'token create', runs: [['token', 'create', '--role', 'user', '--name', 'carla']] },
  { command: 'token list', runs: [['token', 'list']] },
  { command: 'token revoke', runs: [['token', 'revoke', '1f3a']] },
  {
    command: 'login',
    runs: [['login'], ['login', 'far'], ['login', 'http://nowhere.invalid:1', '--token-file', 'none']],
    prepare: saveHeads,
  },
  {
    command: 'logout',
    runs: [
      ['logout', 'far'],
      ['logout', 'nobody'],
    ],
    prepare: saveHeads,
  },
  { command: 'add', runs: [['add'], ['add', '--dry']], prepare: (_head, folder) => writeJobset(folder) },
  { command: 'check', runs: [['check', 'jobs.yaml', '--show-caps']], prepare: (_head, folder) => writeJobset(folder) },
  {
    command: 'template',
    runs: [
      ['template', 'shell'],
      ['template', 'python', '--output', 'new.yaml'],
    ],
  },
  { command: 'schema', runs: [['schema']] },
  { command: 'slurm', runs: [['slurm', 'bundle', 'jobs.yaml']], prepare: (_head, folder) => writeJobset(folder) },
  { command: 'sge', runs: [['sge', 'bundle', 'jobs.yaml']], prepare: (_head, folder) => writeJobset(folder) },
  { command: 'import', runs: [['import', 'bundle', '--dry']], prepare: (_head, folder) => bundled(folder) },
  {
    command: 'pull',
    runs: [
      ['pull', 'small', '--dry'],
      ['pull', 'small'],
    ],
    prepare: (head) => void head.state.addJobset('anna', 'small', { job_1: { 'out.csv': Buffer.from('1,2\n') } }),
  },
  { command: 'backup', runs: [['backup', 'copy']], prepare: lieBackup },
  {
    command: 'restore',
    runs: [
      ['restore', 'backup', '--data', 'data'],
      ['restore', 'nothing'],
    ],
    prepare: (_head, folder) => writeBackup(folder),
  },
  { command: 'verify', runs: [['verify']] },
  { command: 'gc', runs: [['gc', '--dry'], ['gc']] },
  {
    command: 'completion',
    runs: [
      ['completion', 'bash'],
      ['completion', 'zsh'],
      ['completion', 'fish'],
    ],
  },
]

/** Why there is no screen of these here. */
export const withoutScreen: Readonly<Record<string, string>> = {
  serve: 'its output is that of dist-server',
  up: 'starts real programs; test/e2e runs it',
  run: 'starts real programs; test/e2e runs it',
  doctor: 'tells of this machine; showChecks is tested below',
}

/** A bundle of which nothing ran yet. */
async function bundled(folder: TestFolder): Promise<void> {
  writeJobset(folder)
  await runDist(['slurm', 'bundle', 'jobs.yaml'], { cwd: folder.path })
}

/** At work until its events were told. */
function watchEnds(head: FakeHead): void {
  const whole = head.state.jobsets.find(({ batch }) => batch === 'first_try')
  if (whole === undefined) return
  head.state.change(whole.id, { state: 'active', finishedAt: null })
  head.fault = (route, count) => {
    // the first look finds it, the second is behind the opened stream, the third comes with the last event
    if (route === 'jobset' && count >= 2) head.state.change(whole.id, { state: 'failed', finishedAt: whole.finishedAt })
    return 'none'
  }
}

function saveHeads(_head: FakeHead, folder: TestFolder): void {
  const heads = [
    { name: 'lab', url: 'http://lab-head:8952', token: 'secret-of-lab' },
    { name: 'far', url: 'http://far.example.org:8952', token: 'secret-of-far' },
  ]
  writeSavedHeads({ HOME: folder.path }, { chosen: 'lab', heads })
}

const database = 'the database'
const seal = {
  format: 1,
  id: 'x',
  head: 'h',
  version: '0.1.0',
  takenAt: 1_700_000_000_000,
  database: { size: database.length, sha256: sha256(database) },
  files: 1,
  bytes: 5,
  lacking: [],
  lackingCount: 0,
}

function writeBackup(folder: TestFolder): void {
  for (const part of ['backup/blobs', 'backup/results/anna']) mkdirSync(folder.join(part), { recursive: true })
  writeFileSync(folder.join('backup/dist.sqlite'), database)
  writeFileSync(folder.join('backup/results/anna/x'), 'hello')
  writeFileSync(folder.join('backup/backup.json'), JSON.stringify(seal))
}

async function lieBackup(head: FakeHead): Promise<void> {
  const file = (path: string, data: string): TarSource => ({ kind: 'file', path, size: data.length, mode: 0o600, data: Buffer.from(data) })
  const chunks: Buffer[] = []
  const sources = [file('dist.sqlite', database), file('results/anna/x', 'hello'), file('backup.json', JSON.stringify(seal))]
  for await (const chunk of packTar(sources)) chunks.push(chunk as Buffer)
  head.lies.set('backup', () => ({ bytes: Buffer.concat(chunks) }))
}
