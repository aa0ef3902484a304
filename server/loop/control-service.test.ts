// Orders of people reach the core, and are still there when the core is loaded again.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AttemptId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import { defaultLimits } from '../core/state.ts'
import { openTestStore, type TestStore } from '../store/test-support.ts'
import { ControlService } from './control-service.ts'
import { HeadLoop } from './head-loop.ts'
import { HeadViews } from './head-views.ts'

const [a, sweep] = ['a' as NodeId, 1 as JobsetId]
const loops: HeadLoop[] = []
let folder: string
let store: TestStore

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-control-'))
  store = openTestStore(folder)
  const { db } = store
  db.prepare("INSERT INTO node (id, key, name, joined_at) VALUES ('a', 'a', 'alpha', 0)").run()
  const options = { demand: { cores: 'all', memory: null, gpus: 0, disk: null }, retries: { max: 0, on: [], backoff: 0 } }
  const spec = { kind: 'shell', meta: { capabilities: [] }, initialize: { buildFile: null, build: null, files: [] }, options }
  db.prepare(
    `INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, spec, submitted_at, first_job, job_count)
     VALUES (1, 'u', 'r', 'lab', 'sweep', 'shell', 'active', 'anna', ?, 0, 1, 1)`,
  ).run(JSON.stringify(spec))
  db.prepare("INSERT INTO job (id, jobset, name, state, not_before) VALUES (1, 1, 'job', 'ready', 9e12)").run()
  db.prepare("INSERT INTO build (id, jobset, node, state, ordered_at) VALUES ('b', 1, 'a', 'failed', 0)").run()
})
afterEach(() => {
  for (const loop of loops.splice(0)) loop.close()
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A head that starts on these rows. */
function start(): { loop: HeadLoop; control: ControlService; views: HeadViews } {
  const clock = { monotonic: () => 1000, wall: () => Date.now() }
  const loop = new HeadLoop({ store, db: store.reads, clock, limits: defaultLimits, newId: () => '0' as AttemptId, warn: () => undefined })
  loops.push(loop)
  loop.start()
  const views = new HeadViews({ db: store.reads, core: () => loop.core, revisions: loop.revisions })
  return { loop, control: new ControlService(loop, clock), views }
}

test('priority, hold and pause are in the core at once and after a restart, and shown', async () => {
  const { loop, control, views } = start()
  await control.prioritise(sweep, 9, 'anna')
  expect(await control.hold(sweep, 'anna')).toBe(true)
  await control.pauseNode(control.node('alpha'), 3600, 'root')
  const again = start()
  for (const { core } of [loop, again.loop]) {
    expect(core.jobsets.get(sweep)).toMatchObject({ held: true, facts: { priority: 9 } })
    expect(core.nodes.get(a)?.paused?.until).toBeGreaterThan(1000 + 3_590_000)
  }
  expect(views.jobset(sweep)).toMatchObject({ priority: 9, held: 'anna' })
  expect(views.nodes()[0]?.paused).toMatchObject({ by: 'root' })
  expect(await control.resumeNode(a, 'root')).toBe(true)
  expect(loop.core.nodes.get(a)?.paused).toBeNull()
})

test('a paused node does not count among those that take work now', async () => {
  const { loop, control, views } = start()
  const node = loop.core.nodes.get(a)
  if (node === undefined) throw new Error('no node')
  node.link = 'connected'
  node.facts = { ...node.facts, cores: 1 }
  expect(views.jobset(sweep).match).toMatchObject({ nodes: 1, online: 1 })
  await control.pauseNode(a, null, 'root')
  expect(views.jobset(sweep).match).toMatchObject({ nodes: 1, online: 0 })
})

test('a release lifts the hold and ends the back-off of the jobs', async () => {
  const { loop, control } = start()
  expect(loop.core.jobsets.get(sweep)?.delayed).toHaveLength(1)
  await control.hold(sweep, 'anna')
  await expect(control.release(sweep, ['nothing'], 'anna')).rejects.toMatchObject({ code: 'not_found' })
  expect(await control.release(sweep, ['job'], 'anna')).toEqual({ lifted: false, jobs: 1 })
  expect(loop.core.jobsets.get(sweep)).toMatchObject({ held: true, delayed: [] })
  expect(await control.release(sweep, null, 'anna')).toEqual({ lifted: true, jobs: 0 })
  expect(loop.core.jobsets.get(sweep)?.held).toBe(false)
})

test('a cleared node forgets what failed there, also after a restart', async () => {
  const { loop, control } = start()
  expect(loop.core.nodes.get(a)?.builds.get(sweep, 0)?.kind).toBe('failed')
  expect(await control.clearNode(a, 'root')).toBe(1)
  expect(loop.core.nodes.get(a)?.builds.get(sweep, 0)).toBeUndefined()
  expect(start().loop.core.nodes.get(a)?.builds.get(sweep, 0)).toBeUndefined()
})
