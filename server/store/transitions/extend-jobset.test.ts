// Submitting twice (jobset.md): a job is its name, and nothing that is there is overwritten.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AttemptId, JobId, NodeId, Sha256 } from '../../../shared/model/ids.ts'
import type { JobSpec, JobsetSpec } from '../../../shared/model/jobset.ts'
import { defaultOptions, type JobOptions } from '../../../shared/model/options.ts'
import type { SubmitMode } from '../../../shared/model/submission.ts'
import { emptySpec } from '../../../shared/model/test-support.ts'
import { finished, oneCore, openScene, type Scene } from '../test-scene.ts'
import type { CommittedDraft } from './commit-draft.ts'

let scene: Scene
let drafts = 0
let attempts = 0
beforeEach(() => {
  scene = openScene()
  scene.db.prepare("INSERT INTO node (id, key, name, joined_at) VALUES ('a', 'a', 'node-a', 0)").run()
})
afterEach(() => scene.remove())

const options = (change: Partial<JobOptions> = {}): JobOptions => ({ ...defaultOptions, ...change })

const specOf = (change: Partial<JobsetSpec> = {}): JobsetSpec => emptySpec({ options: options(), ...change })

const job = (name: string, run: string, change: Partial<JobSpec> = {}): JobSpec => ({
  name,
  script: null,
  run,
  files: [],
  slurm: null,
  needs: [],
  options: null,
  ...change,
})

interface Ask {
  readonly mode?: SubmitMode
  readonly spec?: JobsetSpec
  readonly owner?: string
}

function add(jobs: readonly JobSpec[], { mode = 'new', spec = specOf(), owner = 'anna' }: Ask = {}): CommittedDraft {
  const id = (++drafts).toString(16).padStart(32, '0')
  scene.run('createDraft', { id, owner, spec, text: `# ${id}`, jobCount: jobs.length, mode })
  const rows = jobs.map((one) => ({
    name: one.name,
    spec: JSON.stringify(one),
    demand: one.options?.demand === undefined ? null : JSON.stringify(one.options.demand),
  }))
  scene.run('putDraftJobs', { draft: id, by: owner, first: 0, jobs: rows, blobs: [] })
  return scene.run('commitDraft', { draft: id, by: owner, uid: `u${drafts}` })
}

/** Runs a job to its end on node a. */
function end(id: JobId, exitCode: number): void {
  const attempt = (++attempts).toString(16).padStart(32, '0') as AttemptId
  scene.run('claim', { items: [{ attempt, job: id, node: 'a' as NodeId, grant: oneCore }] })
  const item = finished(attempt, 'a')
  scene.run('finish', { items: [exitCode === 0 ? item : { ...item, outcome: { kind: 'failed', exitCode, signal: null } }] })
  scene.place()
}

const states = (): Record<string, string> =>
  Object.fromEntries(
    (scene.db.prepare('SELECT name, state FROM job ORDER BY id').all() as { name: string; state: string }[]).map((row) => [
      row.name,
      row.state,
    ]),
  )
const idOf = (name: string): JobId => scene.db.prepare('SELECT id FROM job WHERE name = ?').pluck().get(name) as JobId
const jobset = (batch: string) => scene.db.prepare('SELECT * FROM jobset WHERE batch = ?').get(batch) as Record<string, unknown> | undefined

test('only what is new or changed is added; the rest is left alone, whatever became of it', () => {
  const { jobset: id } = add([job('same', 'a'), job('bad', 'b'), job('changed', 'c'), job('waiting', 'd')])
  for (const [name, code] of [
    ['same', 0],
    ['bad', 1],
    ['changed', 0],
  ] as const)
    end(idOf(name), code)
  const made = add([job('same', 'a'), job('bad', 'b'), job('changed', 'C'), job('waiting', 'D'), job('new', 'e')], { mode: 'extend' })
  expect(made).toMatchObject({ jobset: id, fresh: true, counts: { kind: 'extend', added: 1, changed: 2, unchanged: 2 } })
  expect(states()).toEqual({ same: 'succeeded', bad: 'failed', changed: 'ready', waiting: 'ready', new: 'ready' })
  expect(jobset('sweep')).toMatchObject({ state: 'active', job_count: 5 })
  // an index in the file is still an id
  expect(idOf('new')).toBe(Number(jobset('sweep')?.['first_job']) + 4)
  const spec = scene.db.prepare('SELECT spec FROM job_spec WHERE job = ?').pluck().get(idOf('changed')) as string
  expect(JSON.parse(spec)).toMatchObject({ run: 'C' })
})

test('what the core hears adds up to the rows', () => {
  add([job('a', '1'), job('b', '2')])
  end(idOf('a'), 0)
  const counts: Record<string, number> = { succeeded: 1, ready: 1 }
  const { extension } = add([job('a', '1!'), job('c', '3'), job('d', '4', { needs: ['c'] })], { mode: 'extend' })
  counts['waiting'] = (counts['waiting'] ?? 0) + (extension?.added ?? 0)
  for (const { from, to } of extension?.changes ?? []) {
    counts[from] = (counts[from] ?? 0) - 1
    counts[to] = (counts[to] ?? 0) + 1
  }
  const rows = scene.db.prepare('SELECT state, count(*) AS n FROM job GROUP BY state').all() as { state: string; n: number }[]
  expect(Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0))).toEqual(
    Object.fromEntries(rows.map((row) => [row.state, row.n])),
  )
})

test('the result of a changed job moves aside and stays', () => {
  add([job('a', '1')])
  end(idOf('a'), 0)
  const results = join(scene.folder, 'results/lab/sweep')
  const before = readFileSync(join(results, 'a/stdout.txt'), 'utf8')
  add([job('a', '2')], { mode: 'extend' })
  scene.place()
  expect(readFileSync(join(results, '.attempts/a/1/stdout.txt'), 'utf8')).toBe(before)
  expect(existsSync(join(results, 'a'))).toBe(false)
  expect(scene.db.prepare("SELECT count(*) FROM attempt WHERE state = 'superseded'").pluck().get()).toBe(1)
  expect(scene.db.prepare('SELECT generation FROM job').pluck().get()).toBe(2)
})

test('the same file again adds nothing and wakes nothing', () => {
  add([job('a', '1')])
  end(idOf('a'), 0)
  scene.db.prepare("UPDATE jobset SET state = 'succeeded', counts = '{}', finished_at = 5").run()
  const made = add([job('a', '1', { options: { env: {} } })], { mode: 'extend' })
  expect(made.counts).toEqual({ kind: 'extend', added: 0, changed: 0, unchanged: 1 })
  expect(jobset('sweep')).toMatchObject({ state: 'succeeded', finished_at: 5 })
})

test('a job that is at work as it was is not changed under its feet, and nothing of the file is added', () => {
  add([job('a', '1')])
  scene.run('claim', { items: [{ attempt: 'c'.repeat(32) as AttemptId, job: idOf('a'), node: 'a' as NodeId, grant: oneCore }] })
  expect(() => add([job('a', '2'), job('b', '1')], { mode: 'extend' })).toThrow(/at work as it was: 'a' of lab\/sweep/)
  expect(states()).toEqual({ a: 'claimed' })
})

test.each([
  ['the kind', { kind: 'python' }],
  ['capabilities', { meta: { ...specOf().meta, capabilities: ['gpu'] } }],
  ['the build', { initialize: { ...specOf().initialize, build: 'make' } }],
  [
    'required_files of initialize',
    { initialize: { ...specOf().initialize, files: [{ name: 'f', sha256: '0'.repeat(64) as Sha256, size: 1, mode: 0o644 }] } },
  ],
] as const)('a file in which %s differs is refused, with what to do instead', (what, change) => {
  add([job('a', '1')])
  for (const mode of ['extend', 'resume'] as const) {
    expect(() => add([job('b', '1')], { mode, spec: specOf(change as Partial<JobsetSpec>) })).toThrow(
      new RegExp(`${what} is not what it was`),
    )
  }
})

test('what every job is told by its jobset counts as part of the job', () => {
  add([job('a', '1'), job('own', '1', { options: { nice: 3 } })], { spec: specOf({ options: options({ nice: 1 }) }) })
  // `own` said 3 itself; now all of them are told 3
  const made = add([job('a', '1'), job('own', '1')], { mode: 'extend', spec: specOf({ options: options({ nice: 3 }) }) })
  expect(made.counts).toMatchObject({ changed: 1, unchanged: 1 })
  const spec = scene.db.prepare('SELECT spec FROM job_spec WHERE job = ?').pluck().get(idOf('a')) as string
  expect(JSON.parse(spec)).toMatchObject({ options: { nice: 3 } })
})

test('limits of the whole jobset follow the new file', () => {
  add([job('a', '1')])
  add([job('a', '1')], { mode: 'extend', spec: specOf({ priority: 7, maxConcurrent: 2 }) })
  expect(jobset('sweep')).toMatchObject({ priority: 7 })
  // one that was given by hand stays until the file says another one
  scene.db.prepare('UPDATE jobset SET priority = 9').run()
  add([job('a', '1')], { mode: 'extend', spec: specOf({ priority: 7, maxConcurrent: 2, comment: 'x' }) })
  expect(jobset('sweep')).toMatchObject({ priority: 9 })
  expect(JSON.parse(String(jobset('sweep')?.['spec']))).toMatchObject({ maxConcurrent: 2, meta: { batchName: 'sweep' } })
})

const cores = (count: number) => ({ ...defaultOptions.demand, cores: { min: count, max: count } })

test('jobs of another size join as a class of their own', () => {
  const spec = specOf({ options: options({ demand: cores(1) }) })
  add([job('a', '1')], { spec })
  add([job('b', '1', { options: { demand: cores(2) } })], { mode: 'extend', spec })
  expect(JSON.parse(String(jobset('sweep')?.['demands']))).toEqual([cores(1), cores(2)])
  expect(scene.db.prepare('SELECT demand FROM job ORDER BY id').pluck().all()).toEqual([0, 1])
})

test('jobs that share a node cannot join jobs that take whole nodes: nodes have the build in another place', () => {
  add([job('a', '1')])
  const small = job('b', '1', { options: { demand: cores(1) } })
  expect(() => add([small], { mode: 'extend' })).toThrow(/jobs with a number of cores cannot join lab\/sweep/)
  expect(Object.keys(states())).toEqual(['a'])
})

test('a job that needs one that failed is skipped with the reason, one that needs a changed job waits for it', () => {
  add([
    job('bad', '1'),
    job('good', '1'),
    job('last', '1', { needs: ['good'] }),
    job('held', '1', { needs: ['good', 'slow'] }),
    job('slow', '1'),
  ])
  end(idOf('bad'), 1)
  end(idOf('good'), 0)
  expect(states()).toMatchObject({ last: 'ready', held: 'waiting' })
  add([job('good', '2'), job('bad', '1'), job('vain', '1', { needs: ['bad'] }), job('next', '1', { needs: ['good'] })], { mode: 'extend' })
  expect(states()).toMatchObject({ good: 'ready', vain: 'skipped', next: 'waiting' })
  expect(scene.db.prepare('SELECT reason FROM job_reason').pluck().get()).toBe("it needs 'bad', which did not succeed")
  // it waited for two, one of which runs again: both have to succeed
  end(idOf('good'), 0)
  expect(states()).toMatchObject({ next: 'ready', held: 'waiting' })
  end(idOf('slow'), 0)
  expect(states()).toMatchObject({ held: 'ready' })
})

test('only its owner may add to a jobset', () => {
  add([job('a', '1')])
  expect(() => add([job('b', '1')], { mode: 'extend', owner: 'bob' })).toThrow(/lab\/sweep is of anna/)
})

test('a lost answer of an extension is told again, and nothing is added twice', () => {
  add([job('a', '1')])
  const made = add([job('b', '1')], { mode: 'extend' })
  const again = scene.run('commitDraft', { draft: drafts.toString(16).padStart(32, '0'), by: 'anna', uid: 'other' })
  expect(again).toEqual({ jobset: made.jobset, fresh: false, counts: made.counts, extension: null })
  expect(Object.keys(states())).toEqual(['a', 'b'])
})

test('versions stand beside each other, each with its own jobs, and --extend means the newest', () => {
  add([job('a', '1')], { mode: 'version' })
  expect(add([job('a', '2')], { mode: 'version' }).counts.kind).toBe('version')
  add([job('a', '3')], { mode: 'version' })
  expect(['sweep', 'sweep@2', 'sweep@3'].map((batch) => jobset(batch)?.['job_count'])).toEqual([1, 1, 1])
  expect(JSON.parse(String(jobset('sweep@3')?.['spec']))).toMatchObject({ meta: { batchName: 'sweep@3' } })
  add([job('a', '3'), job('b', '1')], { mode: 'extend' })
  expect(['sweep', 'sweep@2', 'sweep@3'].map((batch) => jobset(batch)?.['job_count'])).toEqual([1, 1, 2])
  expect(() => add([job('a', '1')])).toThrow(/is here already/)
})

test('resume takes what is the same, and refuses the rest with how it differs', () => {
  expect(add([job('a', '1')], { mode: 'resume' }).counts.kind).toBe('new')
  expect(add([job('a', '1')], { mode: 'resume' }).counts).toEqual({ kind: 'extend', added: 0, changed: 0, unchanged: 1 })
  expect(() => add([job('a', '2'), job('b', '1')], { mode: 'resume' })).toThrow(/of these jobs 1 are new, 1 changed, 0 the same/)
})

test('jobs of a data folder of an older version have no room to join', () => {
  const { jobset: id } = add([job('a', '1')])
  add([job('a', '1')], { spec: specOf({ meta: { ...specOf().meta, batchName: 'other' } }) })
  scene.db.prepare('UPDATE jobset SET first_job = 2 WHERE id <> ?').run(id)
  expect(() => add([job('b', '1')], { mode: 'extend' })).toThrow(/1 jobs cannot join the 1 that are there/)
})
