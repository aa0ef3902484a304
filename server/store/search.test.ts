// What of a search is written by the transitions of its jobs: how a trial ended, whoever ended it, and when its jobset may end.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JobId, JobsetId } from '../../shared/model/ids.ts'
import { noJobs } from '../../shared/model/job.ts'
import type { TrialEnd, TrialResult } from '../../shared/model/trial.ts'
import { addSearch, finished, openScene, type Scene, setId, startAttempt } from './test-scene.ts'
import { firstStep } from './transitions/test-support-audit.ts'

let scene: Scene
const job = 1 as JobId
const spec = { search: { metrics: [{ name: 'loss', mode: 'min' }] }, options: { retries: { max: 1, on: ['exit'], backoff: 1000 } } }

beforeEach(() => {
  scene = openScene()
  addSearch(scene)
  scene.db.prepare('UPDATE jobset SET spec = ?').run(JSON.stringify(spec))
})
afterEach(() => scene.remove())

const begin = () => scene.run('advanceSearch', firstStep)
const row = (sql: string): unknown => scene.db.prepare(sql).get()
const trial = () => {
  const { end, report, ...rest } = row('SELECT job, run, ended, end, report FROM trial WHERE number = 0') as Record<string, string | null>
  return { ...rest, end: JSON.parse(end ?? 'null') as unknown, report: JSON.parse(report ?? 'null') as unknown }
}
const reported: TrialEnd = { kind: 'reported', values: [1.5], warning: null }
const result = (end: TrialEnd, more: Partial<TrialResult> = {}): TrialResult => ({ end, report: null, broken: null, ...more })
const failed = { kind: 'failed', exitCode: 1, signal: null } as const

/** The trial's job ran on node a, and this is what was told. */
function finish(change: Parameters<typeof finished>[2], node = 'a') {
  return scene.run('finish', { items: [finished(startAttempt(scene, job, node), node, change)] })
}

test('a report beats the exit code, and the attempt keeps its own outcome', () => {
  begin()
  const report = { source: 'frame', text: '{"loss": 1.5}' } as const
  const end: TrialEnd = { ...reported, warning: 'failed: exit code 1' }
  expect(finish({ outcome: failed, trial: result(end, { report }) })).toMatchObject({
    replies: [{ verdict: 'committed' }],
    changes: [{ from: 'running', to: 'succeeded' }],
  })
  expect(trial()).toEqual({ job: 1, run: 0, ended: null, end, report })
  expect(row('SELECT outcome FROM attempt')).toEqual({ outcome: JSON.stringify(failed) })
})

test('a report counts also where the process was lost or stopped by its node', () => {
  begin()
  expect(finish({ outcome: { kind: 'lost', reason: 'power' }, trial: result(reported) }).changes).toMatchObject([{ to: 'succeeded' }])
  expect(trial().end).toEqual(reported)
})

test('exit 0 without a report is a failure that is never tried again', () => {
  begin()
  const end: TrialEnd = { kind: 'no_result', reason: 'nothing', retry: null }
  expect(finish({ trial: result(end) }).changes).toMatchObject([{ to: 'failed' }])
  expect(trial().end).toEqual(end)
})

test('what may be tried again is said by the end, not by the outcome', () => {
  begin()
  const end: TrialEnd = { kind: 'failed', reason: 'exit code 1', retry: 'exit' }
  expect(finish({ trial: result(end) })).toMatchObject({
    replies: [{ verdict: 'failed' }],
    changes: [{ to: 'ready', again: { afterMs: 1000 } }],
  })
  expect(trial().end).toBeNull()
  expect(finish({ trial: result(end) }).replies).toMatchObject([{ verdict: 'committed' }])
  expect(trial().end).toEqual(end)
})

test('a node that says nothing of the trial leaves it to the outcome', () => {
  begin()
  finish({ trial: null })
  expect(trial().end).toEqual({ kind: 'no_result', reason: 'the job ended with 0 and reported nothing: loss is missing', retry: null })
})

test('values that are not one for each metric are no report', () => {
  begin()
  finish({ outcome: failed, trial: result({ ...reported, values: [1, 2] }) })
  expect(trial().end).toBeNull()
  finish({ trial: result({ ...reported, values: [] }) })
  expect(trial().end).toMatchObject({ kind: 'no_result' })
})

test('of a job that is no trial nothing is kept of what a node says', () => {
  begin()
  scene.db.prepare('UPDATE trial SET job = NULL').run()
  expect(finish({ trial: result({ kind: 'failed', reason: 'x', retry: null }) }).changes).toMatchObject([{ to: 'succeeded' }])
  expect(trial().end).toBeNull()
})

test('what nothing can work with is kept at the search, the first of it', () => {
  begin()
  const end: TrialEnd = { kind: 'failed', reason: 'x', retry: null }
  finish({ outcome: failed, trial: result(end, { broken: { message: 'no batchtk', hint: 'pip install batchtk' } }) })
  expect(row('SELECT problem FROM search')).toEqual({ problem: '{"message":"no batchtk","hint":"pip install batchtk"}' })
  scene.run('advanceSearch', { ...firstStep, seq: 1, events: [{ kind: 'stop', trial: null, body: '{}' }], starts: [], asked: [] })
  expect(row('SELECT problem FROM search')).toMatchObject({ problem: expect.stringContaining('no batchtk') })
})

test('a trial ends with its job: lost, cancelled, without a build, skipped', () => {
  begin()
  for (let lost = 0; lost < 5; lost++) scene.run('lose', { attempts: [startAttempt(scene, job, 'a')], reason: 'silent' })
  expect(trial().end).toEqual({ kind: 'lost', reason: 'lost: silent', retry: 'lost' })
  const again = () => {
    scene.db.prepare("UPDATE job SET state = 'ready', committed_attempt = NULL").run()
    scene.db.prepare('UPDATE trial SET end = NULL').run()
  }
  again()
  scene.run('cancel', { jobset: setId, jobs: ['search_00000'], by: 'anna' })
  expect(trial().end).toEqual({ kind: 'cancelled', reason: 'cancelled', retry: null })
  again()
  scene.run('failJobs', { jobset: setId, reason: 'make: no rule' })
  expect(trial().end).toEqual({ kind: 'failed', reason: 'build failed: make: no rule', retry: null })
  expect(row('SELECT problem FROM search')).toMatchObject({ problem: expect.stringContaining('build failed: make: no rule') })
})

test('a search in a jobset that waits makes waiting trials, and they are skipped with it', () => {
  waitForAnother()
  expect(begin().added).toEqual([{ job: 1, state: 'waiting' }])
  const ended = scene.run('endJobset', { jobset: 2 as JobsetId, state: 'failed', reason: null, counts: noJobs })
  expect(ended.changes).toMatchObject([{ job: 1, to: 'skipped' }])
  expect(trial().end).toEqual({ kind: 'cancelled', reason: "it comes after 'lab/before', which did not succeed", retry: null })
  expect(row('SELECT problem FROM search')).toMatchObject({ problem: expect.stringContaining('lab/before') })
})

test('a search that waits and has no trials yet learns that there will be nothing to wait for', () => {
  waitForAnother()
  scene.run('endJobset', { jobset: 2 as JobsetId, state: 'failed', reason: null, counts: noJobs })
  expect(row('SELECT problem FROM search')).toMatchObject({ problem: expect.stringContaining('lab/before') })
})

function waitForAnother(): void {
  scene.db
    .prepare(
      `INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, spec, submitted_at, first_job, job_count)
     VALUES (2, 'o', 'o', 'lab', 'before', 'shell', 'active', 'anna', '{}', 0, 2000001, 0)`,
    )
    .run()
  scene.db.prepare('UPDATE jobset SET after_left = 1 WHERE id = 1').run()
  scene.db.prepare('INSERT INTO jobset_after (needs, jobset) VALUES (2, 1)').run()
}

test('a jobset does not end before its search, and its search makes no jobs after its end', () => {
  const end = () => scene.run('endJobset', { jobset: setId, state: 'succeeded', reason: null, counts: noJobs }).ended
  expect(end()).toBe(false)
  scene.run('cancel', { jobset: setId, jobs: null, by: 'anna' })
  expect(begin().added).toEqual([{ job: 1, state: 'cancelled' }])
  expect(trial().end).toMatchObject({ kind: 'cancelled' })
  scene.db.prepare('UPDATE search SET done = 1').run()
  expect(end()).toBe(true)
})

test('a step that comes again changes nothing, one that comes too early is refused', () => {
  expect(begin().fresh).toBe(true)
  expect(begin()).toEqual({ fresh: false, added: [], changes: [], live: [] })
  expect(() => scene.run('advanceSearch', { ...firstStep, seq: 2 })).toThrow('came before 1')
  expect(() => scene.run('advanceSearch', { ...firstStep, jobset: 7 as JobsetId })).toThrow('has no search')
})

test('a jobset that comes after a search without jobs gets ids of its own', () => {
  const draft = { owner: 'anna', text: '', jobCount: 1 }
  const { search: _, ...plain } = spec
  const rest = { kind: 'shell', initialize: { buildFile: null, sif: null, files: [] }, after: [], priority: 0, ...plain }
  const add = (id: string, batchName: string) => {
    const meta = { namespace: 'lab', batchName, capabilities: [], matrix: null }
    scene.run('createDraft', {
      ...draft,
      id,
      spec: { ...rest, options: { ...plain.options, demand: { cores: 'all', memory: null, gpus: 0, disk: null } }, meta } as never,
    })
    scene.run('putDraftJobs', { draft: id, by: null, first: 0, jobs: [{ name: 'j', spec: '{}', demand: null }], blobs: [] })
    return scene.run('commitDraft', { draft: id, by: null, uid: id.slice(0, 16) }).jobset
  }
  const other = add('2'.repeat(32), 'other')
  begin()
  const ids = scene.db.prepare('SELECT jobset, id FROM job ORDER BY id').all()
  expect(ids).toEqual([
    { jobset: 1, id: 1 },
    { jobset: other, id: (1 << 20) + 1 },
  ])
})
