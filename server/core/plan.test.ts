import { expect, test } from 'vitest'
import type { JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import { onCancelled, onFinished, onFinishing, onStarted } from './attempt-events.ts'
import { onBuildFinished, onBuildOrdered } from './build-events.ts'
import { onJobChanges } from './jobset-events.ts'
import { plan } from './plan.ts'
import { bench, jobset, newAttempt, node } from './test-support.ts'

const id = (n: number): JobsetId => n as JobsetId
const heldBy = (b: ReturnType<typeof bench>, name: string): number => b.core.nodes.get(name as NodeId)?.attempts.size ?? 0

test('a node builds before it gets jobs, and gets none while it builds', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 5)
  plan(b.core, b.effects)
  expect(b.seen.builds).toEqual([{ node: 'a', jobset: 1 }])
  expect(b.seen.claims).toEqual([])
  onBuildOrdered(b.core, 'a' as NodeId, id(1), newAttempt(), b.effects)
  plan(b.core, b.effects)
  expect(b.seen.claims).toEqual([])
})

test('every idle node gets a job before any node gets work ahead', () => {
  const b = bench()
  for (const name of ['a', 'b', 'c']) b.connect(node(name))
  b.submit(jobset(1), 3)
  b.settle()
  expect(['a', 'b', 'c'].map((name) => heldBy(b, name))).toEqual([1, 1, 1])
})

test('jobs are given in file order', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 4)
  b.settle()
  expect([...b.core.attempts.values()].map((attempt) => attempt.job)).toEqual([1000, 1001])
})

test('work ahead grows to a second of it when jobs are short and stays at one when they are long', () => {
  for (const [seconds, held] of [
    [0.01, 32],
    [0.25, 5],
    [60, 2],
  ] as const) {
    const b = bench()
    b.connect(node('a'))
    b.submit(jobset(1), 200)
    b.settle()
    const state = b.core.jobsets.get(id(1))
    if (state !== undefined) state.recentSeconds = seconds
    b.settle()
    expect(heldBy(b, 'a')).toBe(held)
  }
})

test('a node without the capability gets neither build nor job', () => {
  const b = bench()
  b.connect(node('a', { capabilities: [] }))
  b.submit(jobset(1), 5)
  b.settle()
  expect(heldBy(b, 'a')).toBe(0)
})

test('no more nodes build than there are ready jobs', () => {
  const b = bench()
  for (const name of ['a', 'b', 'c', 'd']) b.connect(node(name))
  b.submit(jobset(1), 2)
  plan(b.core, b.effects)
  expect(b.seen.builds.map((order) => order.node)).toEqual(['a', 'b'])
})

test('a node goes on with the jobset that it built while that has jobs', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(2), 6)
  b.settle()
  b.submit(jobset(1), 6)
  for (let round = 0; round < 2; round++) {
    const attempts = [...b.core.attempts.keys()]
    onFinishing(b.core, attempts, b.effects)
    b.settle()
    const replies = attempts.map((attempt) => ({ attempt, verdict: 'committed', jobset: id(2), job: null, wallSeconds: 60 }))
    onFinished(b.core, 'a' as NodeId, replies, [], b.effects)
  }
  expect([...b.core.attempts.values()].map((attempt) => attempt.jobset)).toEqual([2, 2])
})

test('higher priority goes before affinity', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 6)
  b.settle()
  b.submit(jobset(2, { priority: 5 }), 6)
  const attempts = [...b.core.attempts.keys()]
  onFinished(
    b.core,
    'a' as NodeId,
    attempts.map((attempt) => ({ attempt, verdict: 'committed', jobset: id(1), job: null, wallSeconds: 60 })),
    [],
    b.effects,
  )
  b.settle()
  expect([...b.core.attempts.values()].map((attempt) => attempt.jobset)).toEqual([2, 2])
})

test('a build that failed everywhere fails the jobset and names the nodes; one capable node left keeps it', () => {
  const b = bench()
  b.connect(node('a'))
  b.connect(node('b'))
  b.submit(jobset(1), 3)
  const fail = (name: string): void => {
    const build = newAttempt()
    onBuildOrdered(b.core, name as NodeId, id(1), build, b.effects)
    onBuildFinished(b.core, name as NodeId, { build, jobset: id(1), outcome: { kind: 'failed', exitCode: 2, signal: null } }, b.effects)
  }
  fail('a')
  expect(b.seen.failing).toEqual([])
  fail('b')
  expect(b.seen.failing).toHaveLength(1)
  expect(b.seen.failing[0]?.reason).toContain('(a, b): failed: exit code 2')
})

test('a node whose build failed is not offered that jobset again', () => {
  const b = bench()
  b.connect(node('a'))
  b.connect(node('b'))
  b.submit(jobset(1), 3)
  const build = newAttempt()
  onBuildOrdered(b.core, 'a' as NodeId, id(1), build, b.effects)
  onBuildFinished(b.core, 'a' as NodeId, { build, jobset: id(1), outcome: { kind: 'failed', exitCode: 1, signal: null } }, b.effects)
  b.settle()
  expect(heldBy(b, 'a')).toBe(0)
  expect(heldBy(b, 'b')).toBe(2)
})

test('a jobset ends when its last job is final, and not while a node still holds an attempt of it', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 1)
  b.settle()
  const attempt = [...b.core.attempts.values()][0]
  if (attempt === undefined) throw new Error('no attempt')
  onCancelled(
    b.core,
    id(1),
    true,
    [{ jobset: id(1), job: attempt.job, from: 'claimed', to: 'cancelled' }],
    [{ attempt: attempt.id, node: attempt.node }],
    b.effects,
  )
  expect(b.seen.ended).toEqual([])
  expect(b.seen.sent.at(-1)).toEqual({ node: 'a', message: { kind: 'order', attempt: attempt.id, order: 'stop' } })
  onFinished(
    b.core,
    'a' as NodeId,
    [{ attempt: attempt.id, verdict: 'cancelled', jobset: id(1), job: attempt.job, wallSeconds: 1 }],
    [],
    b.effects,
  )
  expect(b.seen.ended).toEqual([{ jobset: 1, state: 'cancelled', reason: null }])
})

test('a job that waits behind a long one comes back when another node is idle', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 2)
  b.settle()
  const [running, waiting] = [...b.core.attempts.keys()]
  if (running === undefined || waiting === undefined) throw new Error('two attempts expected')
  onStarted(b.core, [running])
  b.connect(node('b'))
  b.core.nodes.get('b' as NodeId)?.builds.set(id(1), { kind: 'ready', id: null })
  plan(b.core, b.effects)
  const drops = b.seen.sent.filter(({ message }) => message.kind === 'order')
  expect(drops).toEqual([{ node: 'a', message: { kind: 'order', attempt: waiting, order: 'drop' } }])
  plan(b.core, b.effects)
  expect(b.seen.sent.filter(({ message }) => message.kind === 'order')).toHaveLength(1)
})

test('a --once node is told that there is nothing for it, once, and not while it could get work', () => {
  const b = bench()
  b.connect(node('a', { once: true }))
  b.submit(jobset(1), 1)
  b.settle()
  const idle = (): number => b.seen.sent.filter(({ message }) => message.kind === 'idle').length
  expect(idle()).toBe(0)
  const attempt = [...b.core.attempts.values()][0]
  if (attempt === undefined) throw new Error('no attempt')
  onFinished(
    b.core,
    'a' as NodeId,
    [{ attempt: attempt.id, verdict: 'committed', jobset: id(1), job: attempt.job, wallSeconds: 1 }],
    [{ jobset: id(1), job: attempt.job, from: 'claimed', to: 'succeeded' }],
    b.effects,
  )
  plan(b.core, b.effects)
  plan(b.core, b.effects)
  expect(idle()).toBe(1)
  onJobChanges(b.core, [], b.effects)
})

test('a job that failed on the only node that has the build is given to it again: it never waits for a build that is not worth it', () => {
  const b = bench()
  b.connect(node('a'))
  b.connect(node('b'))
  b.submit(jobset(1), 1)
  plan(b.core, b.effects)
  const built = b.seen.builds.splice(0)[0]?.node as NodeId
  const build = newAttempt()
  onBuildOrdered(b.core, built, 1 as JobsetId, build, b.effects)
  b.core.jobsets.get(1 as JobsetId)?.avoid.set(1000 as JobId, built)
  onBuildFinished(b.core, built, { build, jobset: 1 as JobsetId, outcome: { kind: 'succeeded' } }, b.effects)
  plan(b.core, b.effects)
  expect(b.seen.claims.map(({ job, node: to }) => ({ job, to }))).toEqual([{ job: 1000, to: built }])
})
