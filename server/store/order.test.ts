// Retries, needs, `after`, and the next generation.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JobId, JobsetId } from '../../shared/model/ids.ts'
import { noJobs } from '../../shared/model/job.ts'
import type { Outcome } from '../../shared/model/outcome.ts'
import { addJobset, finished, openScene, type Scene, setId, startAttempt } from './test-scene.ts'

let scene: Scene
let jobs: JobId[]
const job = (n: number): JobId => jobs[n] ?? (0 as JobId)
const exit1: Outcome = { kind: 'failed', exitCode: 1, signal: null }

beforeEach(() => {
  scene = openScene()
  jobs = addJobset(scene, 4)
})
afterEach(() => scene.remove())

const stateOf = (n: number): unknown => scene.db.prepare('SELECT state FROM job WHERE id = ?').pluck().get(job(n))
const read = (path: string): string => readFileSync(join(scene.folder, 'results', path), 'utf8')

/** Puts retry rules or needs into the rows, as a submission would. */
function setJob(n: number, spec: object): void {
  scene.db.prepare('UPDATE job_spec SET spec = ? WHERE job = ?').run(JSON.stringify(spec), job(n))
}

function needs(n: number, ...on: number[]): void {
  for (const other of on) scene.db.prepare('INSERT INTO job_need (needs, job) VALUES (?, ?)').run(job(other), job(n))
  scene.db.prepare("UPDATE job SET state = 'waiting', needs_left = ? WHERE id = ?").run(on.length, job(n))
}

/** Runs a job to its end on a node and answers what changed. */
function run(n: number, node: string, outcome: Outcome): { verdict: string | undefined; changes: unknown[]; attempt: string } {
  const attempt = startAttempt(scene, job(n), node)
  const reply = scene.run('finish', { items: [finished(attempt, node, { outcome })] })
  return { verdict: reply.replies[0]?.verdict, changes: reply.changes, attempt }
}

const retries = (max: number, on: string[]): object => ({ options: { retries: { max, on, backoff: 1000 } } })

test('a failure of a class that may be retried keeps its result beside and makes the job ready after a doubling back-off', () => {
  setJob(0, retries(2, ['exit']))
  const first = run(0, 'a', exit1)
  expect(first.verdict).toBe('failed')
  expect(first.changes).toEqual([{ jobset: 1, job: 1, from: 'running', to: 'ready', demand: 0, again: { afterMs: 1000, avoid: 'a' } }])
  expect(run(0, 'b', exit1).changes).toMatchObject([{ to: 'ready', demand: 0, again: { afterMs: 2000, avoid: 'b' } }])
  const last = run(0, 'a', exit1)
  expect(last.verdict).toBe('committed')
  expect(stateOf(0)).toBe('failed')
  scene.place()
  expect(read('lab/sweep/.attempts/job_0/1/stdout.txt')).toBe(`output of ${first.attempt}`)
  expect(read('lab/sweep/job_0/stdout.txt')).toBe(`output of ${last.attempt}`)
})

test('a failure of another class is final at once, and so is the first one without rules', () => {
  setJob(0, retries(2, ['timeout', 'oom']))
  expect(run(0, 'a', exit1).verdict).toBe('committed')
  expect(run(1, 'a', { kind: 'timeout' }).verdict).toBe('committed')
  setJob(2, retries(2, ['timeout']))
  expect(run(2, 'a', { kind: 'timeout' }).verdict).toBe('failed')
})

test('lost attempts count apart: they are run again as often as the rules say', () => {
  setJob(0, retries(1, ['lost']))
  const lose = (): unknown => scene.run('lose', { attempts: [startAttempt(scene, job(0), 'a')], reason: 'gone' }).changes[0]?.to
  expect([lose(), lose()]).toEqual(['ready', 'failed'])
})

test('a job is ready when all that it needs succeeded', () => {
  needs(2, 0, 1)
  expect(run(0, 'a', { kind: 'succeeded' }).changes).toHaveLength(1)
  expect(stateOf(2)).toBe('waiting')
  expect(run(1, 'a', { kind: 'succeeded' }).changes).toContainEqual({ jobset: 1, job: 3, from: 'waiting', to: 'ready', demand: 0 })
})

test('what needs a job that failed is skipped with a reason, and so is what needs that', () => {
  needs(1, 0)
  needs(2, 1)
  const { changes } = run(0, 'a', exit1)
  expect(changes).toContainEqual({ jobset: 1, job: 2, from: 'waiting', to: 'skipped' })
  expect(changes).toContainEqual({ jobset: 1, job: 3, from: 'waiting', to: 'skipped' })
  expect(scene.db.prepare('SELECT reason FROM job_reason WHERE job = 3').pluck().get()).toBe("it needs 'job_1', which did not succeed")
})

test('a killed jobset cancels what waits in it; killing one job skips what needs it', () => {
  needs(1, 0)
  scene.run('cancel', { jobset: setId, jobs: ['job_0'], by: 'anna' })
  expect([stateOf(0), stateOf(1)]).toEqual(['cancelled', 'skipped'])
  needs(3, 2)
  scene.run('cancel', { jobset: setId, jobs: null, by: 'anna' })
  expect([stateOf(2), stateOf(3)]).toEqual(['cancelled', 'cancelled'])
})

test('a batch that comes after another is freed when that succeeded and skipped when it did not', () => {
  const second = 2 as JobsetId
  const add = (): void => {
    scene.db
      .prepare(
        `INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, spec, submitted_at, first_job, job_count, after_left)
         VALUES (2, 'v', 's', 'lab', 'next', 'python', 'active', 'anna', '{}', 0, 100, 1, 1)`,
      )
      .run()
    scene.db.prepare("INSERT INTO job (id, jobset, name, state) VALUES (100, 2, 'only', 'waiting')").run()
    scene.db.prepare('INSERT INTO jobset_after (needs, jobset) VALUES (1, 2)').run()
  }
  add()
  for (let n = 0; n < 4; n++) run(n, 'a', { kind: 'succeeded' })
  const end = scene.run('endJobset', { jobset: setId, state: 'succeeded', reason: null, counts: noJobs })
  expect(end).toEqual({ ended: true, changes: [{ jobset: second, job: 100, from: 'waiting', to: 'ready', demand: 0 }] })
  scene.db.exec(
    "DELETE FROM job WHERE id = 100; DELETE FROM jobset WHERE id = 2; DELETE FROM jobset_after; UPDATE jobset SET state = 'active'",
  )
  add()
  expect(scene.run('cancel', { jobset: setId, jobs: null, by: 'anna' }).changes).toEqual([
    { jobset: second, job: 100, from: 'waiting', to: 'skipped' },
  ])
})

test('retry opens the next generation of what ended badly, once, and never a job that succeeded', () => {
  const bad = run(0, 'a', exit1)
  run(1, 'a', { kind: 'succeeded' })
  needs(3, 2)
  scene.run('cancel', { jobset: setId, jobs: ['job_2'], by: 'anna' })
  scene.place()
  const { changes } = scene.run('reopen', { jobset: setId, jobs: null, by: 'anna' })
  expect(changes).toEqual([
    { jobset: 1, job: 1, from: 'failed', to: 'ready', demand: 0 },
    { jobset: 1, job: 3, from: 'cancelled', to: 'ready', demand: 0 },
    { jobset: 1, job: 4, from: 'skipped', to: 'waiting' },
  ])
  expect(scene.run('reopen', { jobset: setId, jobs: null, by: 'anna' }).changes).toEqual([])
  const good = run(0, 'b', { kind: 'succeeded' })
  expect(good.verdict).toBe('committed')
  scene.place()
  expect(read('lab/sweep/job_0/stdout.txt')).toBe(`output of ${good.attempt}`)
  expect(read('lab/sweep/.attempts/job_0/1/stdout.txt')).toBe(`output of ${bad.attempt}`)
})

test('resume opens only what has no result of its own', () => {
  run(0, 'a', exit1)
  run(1, 'a', { kind: 'succeeded' })
  scene.run('cancel', { jobset: setId, jobs: ['job_2'], by: 'anna' })
  scene.place()
  const resume = () => scene.run('reopen', { jobset: setId, jobs: null, by: 'anna', unfinished: true })
  expect(resume().changes).toEqual([{ jobset: 1, job: 3, from: 'cancelled', to: 'ready', demand: 0 }])
  expect(resume().changes).toEqual([])
  expect(stateOf(0)).toBe('failed')
})

test('an old result makes room also when the head crashed between the retry and the rename', () => {
  const bad = run(0, 'a', exit1)
  scene.place()
  scene.run('reopen', { jobset: setId, jobs: ['job_0'], by: 'anna' })
  scene = scene.crash()
  const good = run(0, 'a', { kind: 'succeeded' })
  scene.place()
  expect(read('lab/sweep/.attempts/job_0/1/stdout.txt')).toContain(bad.attempt)
  expect(read('lab/sweep/job_0/stdout.txt')).toContain(good.attempt)
  expect(existsSync(join(scene.folder, 'results/lab/sweep/job_0/sub/result.csv'))).toBe(true)
})

test('a retry that comes before the end is written keeps the jobset open', () => {
  run(0, 'a', exit1)
  scene.place()
  scene.run('reopen', { jobset: setId, jobs: ['job_0'], by: 'anna' })
  expect(scene.run('endJobset', { jobset: setId, state: 'failed', reason: null, counts: noJobs }).ended).toBe(false)
  expect(scene.db.prepare('SELECT state FROM jobset WHERE id = 1').pluck().get()).toBe('active')
})
