// A head with something of everything, at a moment that stands still: what the screens are kept of.
import type { JobReply } from '../../shared/api/types.ts'
import type { Event } from '../../shared/model/event.ts'
import type { FakeHead } from './fake-head.ts'
import { type FakeState, jobReply, jobsetReply, noCounts, nodeReply } from './fake-state.ts'

/** Tue 2023-11-14 22:14:50 UTC, 90 s after the first jobset came */
export const now = 1_700_000_090_000
const minute = 60_000
const usage = { wallSeconds: 75.4, userSeconds: 280, systemSeconds: 12.5, peakMemory: 812 << 20, memorySource: 'cgroup-v2' }

export function setScene(head: FakeHead): void {
  const { state } = head
  state.now = now
  state.inviteUntil = now + 15 * minute
  state.waiting = 2
  state.badBuilds = 1
  addJobsets(state)
  addJobs(state)
  addNodes(state)
  state.tokens = [
    { id: '1f3a', name: 'anna', role: 'user', createdAt: now - 40 * 24 * 60 * minute, revokedAt: null },
    { id: '77c0', name: 'the-head', role: 'admin', createdAt: now - 90 * 24 * 60 * minute, revokedAt: null },
    { id: 'b00b', name: 'bob', role: 'observer', createdAt: now - 3 * 60 * minute, revokedAt: now - minute },
  ]
  state.builds = [
    {
      attempt: 'b1',
      node: 'lab1',
      state: 'succeeded',
      startedAt: now - 90_000,
      finishedAt: now - 82_000,
      outcome: { kind: 'succeeded' },
      outputFile: 'x',
    },
    {
      attempt: 'b2',
      node: 'lab2',
      state: 'failed',
      startedAt: now - 90_000,
      finishedAt: now - 88_500,
      outcome: { kind: 'failed', exitCode: 2, signal: null },
      outputFile: 'y',
    },
  ]
  state.buildLogs.set('b1', Buffer.from('gfortran -O3 solver.f90 -o solver\n'))
  state.buildLogs.set('b2', Buffer.from('gfortran: command not found\n'))
  state.events = events
  addLies(head)
}

function addJobsets({ jobsets }: FakeState): void {
  const of = { owner: 'anna', capabilities: ['gfortran>=12', 'python3'], match: { nodes: 3, online: 2, closest: null } }
  jobsets.push(
    jobsetReply({
      ...of,
      id: 1,
      batch: 'reynolds_sweep',
      jobs: 40,
      priority: 5,
      counts: { ...noCounts, ready: 18, claimed: 1, running: 3, succeeded: 15, failed: 3 },
    }),
    jobsetReply({ ...of, id: 2, batch: 'mesh_study', jobs: 1200, held: 'anna', counts: { ...noCounts, ready: 1200 } }),
    jobsetReply({
      id: 3,
      namespace: 'bob_group',
      batch: 'needs_a_card',
      owner: 'bob',
      jobs: 8,
      capabilities: ['cuda>=12'],
      match: { nodes: 0, online: 0, closest: "lab1 lacks 'cuda>=12'" },
      counts: { ...noCounts, ready: 8 },
    }),
    jobsetReply({
      id: 4,
      namespace: '流体力学',
      batch: '円柱まわりの流れ',
      owner: 'yuki',
      state: 'succeeded',
      jobs: 12,
      finishedAt: now - minute,
      submittedAt: now - 61 * minute,
      counts: { ...noCounts, succeeded: 12 },
      placed: true,
    }),
    jobsetReply({
      ...of,
      id: 5,
      batch: 'first_try',
      state: 'failed',
      submittedAt: now - 26 * 60 * minute,
      finishedAt: now - 25 * 60 * minute,
      jobs: 6,
      counts: { ...noCounts, succeeded: 2, failed: 3, cancelled: 1 },
      reason: '3 jobs failed, and max_fails is 3',
    }),
  )
}

function addJobs(state: FakeState): void {
  const job = (index: number, fields: Partial<JobReply>): JobReply =>
    jobReply({ id: 1000 + index, index, name: `re_${index * 100}`, ...fields })
  const at = (seconds: number) => ({ startedAt: now - seconds * 1000 })
  const ended = { ...at(85), finishedAt: now - 10_000, usage, node: 'lab1', attempts: 1 }
  state.jobs.set(1, [
    job(1, { ...ended, state: 'succeeded', outcome: { kind: 'succeeded' } }),
    job(2, { ...ended, state: 'failed', attempts: 3, outcome: { kind: 'failed', exitCode: 201, signal: null } }),
    job(3, {
      ...ended,
      state: 'failed',
      node: 'lab2',
      outcome: { kind: 'failed', exitCode: null, signal: 'SIGSEGV' },
      notices: ['links were left out: a, b'],
    }),
    job(4, { ...ended, state: 'failed', outcome: { kind: 'failed', exitCode: 201, signal: null } }),
    job(5, { ...at(42), state: 'running', node: 'lab1', attempts: 1 }),
    job(6, { ...at(3), state: 'running', node: 'workstation-of-the-second-floor', attempts: 2 }),
    job(7, { state: 'claimed', node: 'lab1' }),
    job(8, { name: '渦_レイノルズ数_800' }),
    job(9, { state: 'waiting' }),
  ])
  const wrong = { state: 'failed', attempts: 1, node: 'lab1', usage, outcome: { kind: 'timeout' } } as const
  state.jobs.set(5, [
    ...[0, 1].map((i) =>
      jobReply({ id: 5000 + i, index: i, name: `a_${i}`, state: 'succeeded', attempts: 1, outcome: { kind: 'succeeded' } }),
    ),
    ...[2, 3, 4].map((i) => jobReply({ ...wrong, id: 5000 + i, index: i, name: `a_${i}` })),
    jobReply({ id: 5005, index: 5, name: 'a_5', state: 'cancelled', outcome: { kind: 'cancelled' } }),
  ])
  const attempt = {
    node: 'lab1',
    cores: 4,
    claimedAt: now - 90_000,
    outcome: { kind: 'failed' as const, exitCode: 201, signal: null },
    notices: [],
  }
  state.attempts.set(1002, [
    {
      ...attempt,
      id: 'a1',
      number: 1,
      state: 'superseded',
      startedAt: now - 88_000,
      finishedAt: now - 80_000,
      usage,
      committed: false,
      outcome: { kind: 'lost', reason: 'its node lab2 was silent for too long' },
      node: 'lab2',
    },
    { ...attempt, id: 'a2', number: 2, state: 'superseded', startedAt: now - 70_000, finishedAt: now - 60_000, usage, committed: false },
    { ...attempt, id: 'a3', number: 3, state: 'committed', startedAt: now - 50_000, finishedAt: now - 10_000, usage, committed: true },
  ])
  state.logs.set(1002, Buffer.from('Re = 200\nstep 1: residual 1.2e-01\nstep 2: diverged\n'))
}

function addNodes(state: FakeState): void {
  const words = ['python3', 'gfortran', 'gfortran=12.2.0', 'apptainer=1.3.0', 'os=debian', 'arch=x86_64', 'cores=8', 'memory=16384']
  const node = { capabilities: words, joinedAt: now - 30 * 24 * 60 * minute, slots: 4 }
  state.nodes = [
    nodeReply({ ...node, id: 'aa01', name: 'lab1', state: 'busy', running: 2, ahead: 3, coresUsed: 6 }),
    nodeReply({ ...node, id: 'aa02', name: 'lab2', paused: { by: 'anna', at: now - 5 * minute, until: now + 25 * minute } }),
    nodeReply({
      ...node,
      id: 'aa03',
      name: 'workstation-of-the-second-floor',
      state: 'building',
      cores: 64,
      coresUsed: 64,
      memory: 512 * 2 ** 30,
      running: 1,
      gpus: 2,
      note: 'its disk is almost full: it takes no new jobs',
    }),
    nodeReply({ ...node, id: 'aa04', name: '計算機四号', state: 'unreachable', lastSeenAt: now - 40_000, coresUsed: 2, running: 1 }),
    nodeReply({
      ...node,
      id: 'aa05',
      name: 'old',
      state: 'offline',
      lastSeenAt: null,
      version: '0.0.9',
      ownBuilds: true,
      pinning: 'two agents share the machine',
    }),
  ]
}

const event = (seq: number, fields: Partial<Event>): Event => ({
  seq,
  at: now - 90_000 + seq * 1000,
  kind: 'job_started',
  jobset: 5,
  job: null,
  node: null,
  data: {},
  ...fields,
})

const events: Event[] = [
  event(1, { kind: 'jobset_added', data: { owner: 'anna', jobs: 6 } }),
  event(2, { kind: 'build_started', node: 'aa01' }),
  event(3, { kind: 'build_succeeded', node: 'aa01' }),
  event(4, { kind: 'job_claimed', job: 5000, node: 'aa01' }),
  event(5, { job: 5000, node: 'aa01', data: { number: 1 } }),
  event(6, { kind: 'committed', job: 5000, node: 'aa01', data: { outcome: { kind: 'succeeded' } } }),
  event(7, { job: 5002, node: 'aa02', data: { number: 2 } }),
  event(8, { kind: 'attempt_lost', job: 5002, node: 'aa02', data: { reason: 'its node lab2 was silent for too long' } }),
  event(9, { kind: 'committed', job: 5002, node: 'aa01', data: { outcome: { kind: 'failed', exitCode: 201, signal: null } } }),
  event(10, { kind: 'jobset_changed', data: { by: 'anna', priority: 5 } }),
  event(11, { kind: 'node_changed', jobset: null, node: 'aa02', data: { by: 'anna', paused: true } }),
  event(12, { kind: 'jobset_finished', data: { state: 'failed', reason: '3 jobs failed, and max_fails is 3' } }),
]

/** Answers that come as lines or bytes. */
function addLies(head: FakeHead): void {
  const lines = (...all: object[]) => ({ bytes: Buffer.from(all.map((line) => `${JSON.stringify(line)}\n`).join('')) })
  const none = { count: 0, bytes: 0 }
  head.lies.set('collect', ({ body }) =>
    lines({
      line: 'done',
      dry: (body as { dry: boolean }).dry,
      results: none,
      drafts: none,
      inputs: { count: 2, bytes: 3 << 20 },
      uploads: none,
      packs: { count: 1, bytes: 1 << 20 },
      output: none,
    }),
  )
  head.lies.set('verify', () =>
    lines(
      { line: 'finding', kind: 'missing', path: 'results/anna/first_try/a_1/out.csv', detail: 'it should have 5 bytes' },
      { line: 'finding', kind: 'extra', path: 'results/anna/first_try/notes.txt', detail: 'nobody committed it' },
      { line: 'done', files: 1432, bytes: 5 * 2 ** 30, found: { missing: 1, changed: 0, unreadable: 0, extra: 1 } },
    ),
  )
}
