import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AttemptId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import { until } from '../../test/support/until.ts'
import type { NodeMessage } from '../core/effects.ts'
import { onTick } from '../core/node-events.ts'
import { defaultLimits } from '../core/state.ts'
import { node as nodeFacts } from '../core/test-support.ts'
import type { SessionPort } from '../ports/nodes.ts'
import { readJobSpec, readJobsetSpec } from '../ports/spec-json.ts'
import { openTestStore, type TestStore } from '../store/test-support.ts'
import { HeadLoop } from './head-loop.ts'
import { HeadService } from './head-service.ts'
import { NodeService } from './node-service.ts'

const [a, sweep] = ['a' as NodeId, 1 as JobsetId]
const never = new AbortController().signal

let folder: string
let store: TestStore
let loop: HeadLoop
let service: HeadService
let nodes: NodeService
let now = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-service-'))
  store = openTestStore(folder)
  addRows(store)
  now = 1000
  let ids = 0
  loop = new HeadLoop({
    store,
    db: store.reads,
    clock: { monotonic: () => now, wall: () => now },
    limits: { ...defaultLimits, lostAfter: 10_000 },
    newId: () => (++ids).toString(16).padStart(32, '0') as AttemptId,
    warn: () => undefined,
  })
  service = new HeadService({ facts: { id: 'h', version: '1', startedAt: 0, grpc: '', url: '' }, loop, db: store.reads })
  nodes = new NodeService(loop, () => undefined)
  loop.start()
})
afterEach(() => {
  loop.close()
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A node, and a jobset of one job without a build. */
function addRows({ db }: TestStore): void {
  db.prepare("INSERT INTO node (id, key, name, joined_at) VALUES ('a', 'a', 'alpha', 0)").run()
  const options = {
    demand: { cores: 'all', memory: null, gpus: 0, disk: null },
    retries: { max: 0, on: [], backoff: 0 },
  }
  const spec = { kind: 'shell', meta: { capabilities: [] }, initialize: { buildFile: null, build: null, files: [] }, options }
  db.prepare(
    `INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, spec, submitted_at, first_job, job_count)
     VALUES (1, 'u', 'r', 'lab', 'sweep', 'shell', 'active', 'anna', ?, 0, 1, 1)`,
  ).run(JSON.stringify(spec))
  db.prepare("INSERT INTO job (id, jobset, name, state) VALUES (1, 1, 'job', 'ready')").run()
  db.prepare("INSERT INTO job_spec (job, spec) VALUES (1, '{}')").run()
}

let sessions = 0

/** A session of the node with its inventory; what it was sent gathers in `sent`. */
function connect(held: readonly AttemptId[]): SessionPort & { readonly sent: NodeMessage[] } {
  const sent: NodeMessage[] = []
  const number = ++sessions
  const send = (message: NodeMessage): void => void sent.push(message)
  const session = { number, node: a, machine: 'm', bearer: `b${number}`, send, end: () => undefined, sent }
  const items = held.map((attempt) => ({ attempt, state: 'running' as const, build: false }))
  const facts = { ...nodeFacts('a'), name: 'alpha' }
  const seen = { node: a, machine: 'm', capabilities: [], cores: 2, memory: 0, slots: 1, gpus: 0, disk: 0, ownBuilds: false, pinning: '' }
  nodes.connect(session, facts, { ...seen, version: '1' }, items, ['u'])
  return session
}

/** The node runs the job, then falls silent for longer than its jobs are waited for. */
async function runThenSilent(): Promise<AttemptId> {
  const session = connect([])
  const attempt = await until('the job is assigned', () => session.sent.find((message) => message.kind === 'assign')?.attempt)
  nodes.started([{ attempt, node: a, at: now }])
  await until('it runs', () => loop.core.attempts.get(attempt)?.kind === 'running')
  nodes.disconnected(session)
  for (let second = 0; second < 12; second++) {
    now += 1000
    onTick(loop.core, now, 1000, loop.effects)
  }
  await until('it is given up', () => loop.core.attempts.get(attempt) === undefined)
  return attempt
}

test('a node that fell silent with a job confirms no kill, also when the head gave the job up', async () => {
  const attempt = await runThenSilent()
  expect(await service.kill(sweep, null, 'me', 20, never)).toMatchObject({ cancelled: 1, confirmed: [], waiting: ['alpha'] })
  const session = connect([attempt])
  await until('it is told to stop', () => session.sent.some((message) => message.kind === 'verdict' && message.verdict === 'stop'))
  expect(loop.core.attempts.get(attempt)?.stopping).toBe(true)
})

test('a kill that waits for a silent node ends when the node comes back without the job', async () => {
  await runThenSilent()
  const killed = service.kill(sweep, null, 'me', 20_000, never)
  connect([])
  expect(await killed).toMatchObject({ confirmed: ['alpha'], waiting: [] })
})

/** A draft of the jobset's file, with these jobs, ready to be committed. */
async function draftOf(id: string, names: readonly string[]): Promise<void> {
  const { spec } = store.db.prepare('SELECT spec FROM jobset').get() as { spec: string }
  const whole = { ...readJobsetSpec(spec), meta: { batchName: 'sweep', namespace: 'lab', capabilities: [], matrix: null } }
  await store.run('createDraft', { id, owner: 'anna', spec: whole, text: '', jobCount: names.length, mode: 'extend' })
  const jobs = names.map((name) => ({ name, spec: JSON.stringify({ ...readJobSpec('{}'), name }), demand: null }))
  await store.run('putDraftJobs', { draft: id, by: 'anna', first: 0, jobs, blobs: [] })
}

test('jobs that join a jobset at work run like the others, and its counts stay those of the rows', async () => {
  const session = connect([])
  const sent = (count: number) => until('jobs are assigned', () => session.sent.filter(({ kind }) => kind === 'assign').length >= count)
  await sent(1)
  await draftOf('d'.repeat(32), ['new_1', 'new_2'])
  const order = { draft: 'd'.repeat(32), by: 'anna', uid: 'u2' }
  expect(await service.commitDraft(order)).toMatchObject({ jobset: sweep, counts: { kind: 'extend', added: 2, unchanged: 0 } })
  expect(await service.commitDraft(order)).toMatchObject({ jobset: sweep, counts: { added: 2 } })
  expect(service.jobset(sweep)).toMatchObject({ jobs: 3, state: 'active' })
  await sent(2)
  const rows = store.db.prepare('SELECT state, count(*) AS n FROM job GROUP BY state').all() as { state: string; n: number }[]
  const { counts } = service.jobset(sweep)
  expect(Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0))).toEqual(
    Object.fromEntries(rows.map((row) => [row.state, row.n])),
  )
})

test('jobs that join a jobset that is over wake it', async () => {
  store.db.prepare("UPDATE job SET state = 'succeeded'").run()
  store.db.prepare("UPDATE jobset SET state = 'succeeded', finished_at = 5, counts = '{}'").run()
  loop.core.jobsets.delete(sweep)
  await draftOf('e'.repeat(32), ['new'])
  await service.commitDraft({ draft: 'e'.repeat(32), by: 'anna', uid: 'u3' })
  expect(service.jobset(sweep)).toMatchObject({ state: 'active', finishedAt: null, counts: { succeeded: 1, ready: 1 } })
})

test('versions of a batch are found with it, newest first, and nothing that only begins like it', () => {
  const insert = store.db.prepare(
    `INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, spec, submitted_at, first_job, job_count)
     SELECT ?, ?, ?, 'lab', ?, kind, 'succeeded', owner, spec, 0, 1, 1 FROM jobset WHERE id = 1`,
  )
  for (const [index, batch] of ['sweep@2', 'sweep2', 'sweepA', 'sweep@10'].entries()) insert.run(index + 2, batch, batch, batch)
  const found = (versions: boolean) => service.findJobsets({ namespace: 'lab', batch: 'sweep', versions }).map(({ batch }) => batch)
  expect(found(true)).toEqual(['sweep@10', 'sweep@2', 'sweep'])
  expect(found(false)).toEqual(['sweep'])
})
