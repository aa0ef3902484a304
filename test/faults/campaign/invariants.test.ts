// Every invariant of the campaign sees what it is there for: rows, files and processes in which one thing is wrong.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestStore, type TestStore } from '../../../server/store/test-support.ts'
import { sha256FileSync } from '../../../shared/files/digest.ts'
import { isAlive } from '../../support/processes.ts'
import { until } from '../../support/until.ts'
import { openRows, orphans, wrongFiles, wrongJobs } from './invariants.ts'
import type { PlannedJobset } from './jobset-maker.ts'

const planned: PlannedJobset = {
  batch: 'b1',
  file: '',
  jobs: [
    { name: 'good', expected: 'succeeded', answer: '1 ' },
    { name: 'bad', expected: 'failed', answer: '4 ' },
  ],
}

let data: string
let store: TestStore

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'dist-invariants-'))
  store = openTestStore(data)
  const { db } = store
  db.prepare(
    `INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, spec, submitted_at, first_job, job_count, counts)
     VALUES (1, 'u', 'r', 'storm', 'b1', 'python', 'failed', 'anna', '{}', 0, 1, 2, '{}')`,
  ).run()
  addJob(1, 'good', 'succeeded', '{"kind":"succeeded"}')
  addJob(2, 'bad', 'failed', '{"kind":"failed","exitCode":3,"signal":null}')
})
afterEach(() => {
  store.close()
  rmSync(data, { recursive: true, force: true })
})

/** A job as it is when all went well: one attempt, one commit, a file in its folder. */
function addJob(id: number, name: string, state: string, outcome: string): void {
  const { db } = store
  const folder = join(data, 'results/storm/b1', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'answer.txt'), `${id * id} \n`)
  const manifest = JSON.stringify([{ kind: 'file', path: 'answer.txt', mode: 0o644, ...sha256FileSync(join(folder, 'answer.txt')) }])
  db.prepare('INSERT INTO job (id, jobset, name, state, attempt, committed_attempt, started) VALUES (?, 1, ?, ?, ?, ?, 1)').run(
    id,
    name,
    state,
    `a${id}`,
    `a${id}`,
  )
  db.prepare(
    `INSERT INTO attempt (id, job, jobset, node, state, number, cores, claimed_at, started_at, finished_at, outcome, usage, location, manifest)
     VALUES (?, ?, 1, 'n', 'committed', 1, 1, 0, 10000, 11000, ?, '{"wallSeconds":1}', 'folder', ?)`,
  ).run(`a${id}`, id, outcome, manifest)
  commit(id)
}

function commit(job: number): void {
  store.db.prepare("INSERT INTO event (at, kind, jobset, job) VALUES (0, 'committed', 1, ?)").run(job)
}

const wrong = (change: string, killed = false): string[] => {
  if (change !== '') store.db.prepare(change).run()
  return [...wrongJobs(store.reads, planned, killed, []), ...openRows(store.reads), ...wrongFiles(store.reads, data, planned)]
}

test('nothing is wrong where nothing is', () => {
  expect(wrong('')).toEqual([])
})

test.each([
  ['a job that is gone', 'DELETE FROM job WHERE id = 1', 'there are 1'],
  ['a job that never ended', "UPDATE job SET state = 'running' WHERE id = 1", 'never ended'],
  ['a job without its commit', 'DELETE FROM event WHERE job = 1', '0 committed events'],
  ['a job that nobody cancelled', "UPDATE job SET state = 'cancelled' WHERE id = 1", '1 committed events'],
  ['a job that should have succeeded', "UPDATE job SET state = 'failed' WHERE id = 1", 'expected succeeded'],
  ['a job that should have failed', "UPDATE job SET state = 'succeeded' WHERE id = 2", 'expected failed'],
  ['an attempt that is open', "UPDATE attempt SET state = 'running' WHERE id = 'a1'", 'attempts that never ended'],
  ['a result that was not placed', "UPDATE attempt SET location = 'incoming' WHERE id = 'a1'", 'never reached their folder'],
  ['a jobset that never ended', "UPDATE jobset SET state = 'active'", 'jobsets that never ended'],
  ['a result without what was saved', "UPDATE attempt SET manifest = '[]' WHERE id = 'a1'", 'without its answer'],
  [
    'a manifest that names more than there is',
    `UPDATE attempt SET manifest = '[{"kind":"folder","path":"x"}]' WHERE id = 'a2'`,
    'is missing',
  ],
])('it sees %s', (_, change, told) => {
  expect(wrong(change).join('\n')).toContain(told)
})

test('it sees a second commit, a changed file and the answer of another job', () => {
  commit(1)
  expect(wrong('').join('\n')).toContain('jobs with two commits')
  const file = join(data, 'results/storm/b1/good/answer.txt')
  writeFileSync(file, '9 \n')
  expect(wrong('').join('\n')).toContain('is not what its manifest says')
  const manifest = JSON.stringify([{ kind: 'file', path: 'answer.txt', mode: 0o644, ...sha256FileSync(file) }])
  store.db.prepare("UPDATE attempt SET manifest = ? WHERE id = 'a1'").run(manifest)
  expect(wrong('').join('\n')).toContain("another job's answer")
})

test('a job that failed may have left the beginning of its answer, one that succeeded may not', () => {
  const cut = (job: string, attempt: string): void => {
    const file = join(data, 'results/storm/b1', job, 'answer.txt')
    writeFileSync(file, '')
    const manifest = JSON.stringify([{ kind: 'file', path: 'answer.txt', mode: 0o644, ...sha256FileSync(file) }])
    store.db.prepare('UPDATE attempt SET manifest = ? WHERE id = ?').run(manifest, attempt)
  }
  cut('bad', 'a2')
  expect(wrong('')).toEqual([])
  cut('good', 'a1')
  expect(wrong('').join('\n')).toContain("another job's answer")
})

test('a full disk explains the failure of a job that ran there then, and of no other', () => {
  store.db.prepare("INSERT INTO node (id, key, name, joined_at) VALUES ('n', 'k', 'alpha', 0)").run()
  store.db.prepare("UPDATE job SET state = 'failed' WHERE id = 1").run()
  store.db.prepare('UPDATE attempt SET outcome = \'{"kind":"failed","exitCode":1}\' WHERE id = \'a1\'').run()
  const full = (node: string, from: number): string[] => wrongJobs(store.reads, planned, false, [{ node, from, to: from + 1000 }])
  expect(full('alpha', 10_500)).toEqual([])
  expect(full('beta', 10_500)).toHaveLength(1)
  expect(full('alpha', 20_000)).toHaveLength(1)
})

test('it sees a process that a job left behind, whatever session it is in', async () => {
  const child = spawn('sleep', ['60'], {
    env: { PATH: '/usr/bin:/bin', DIST_ATTEMPT: 'left', DIST_SLOT: `${data}/work/slot0` },
    detached: true,
    stdio: 'ignore',
  })
  try {
    await once(child, 'spawn')
    expect(await until('it is seen', () => orphans(data).find((line) => line.includes(`${child.pid} sleep 60`)))).toContain(
      'DIST_ATTEMPT=left',
    )
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  expect(isAlive(child.pid ?? 0)).toBe(false)
})
