import { expect, test } from 'vitest'
import type { JobsetId, NodeId } from '../../shared/model/ids.ts'
import { onClaimed, onReturned, onStarted } from './attempt-events.ts'
import { onBuildFinished, onBuildOrdered } from './build-events.ts'
import { onConnected, onDisconnected, onHeard, onInventoryLate, onSessionOpened, onTick, wholeGrant } from './node-events.ts'
import { plan } from './plan.ts'
import { bench, jobset, newAttempt, node, spec } from './test-support.ts'

const a = 'a' as NodeId
const second = 1000

/** A node that holds one running attempt and one given ahead. */
function busyNode(): { b: ReturnType<typeof bench>; running: string; waiting: string } {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 2)
  b.settle()
  const [running, waiting] = [...b.core.attempts.keys()]
  if (running === undefined || waiting === undefined) throw new Error('two attempts expected')
  onStarted(b.core, [running])
  return { b, running, waiting }
}

/** Ticks every second. */
function pass(b: ReturnType<typeof bench>, from: number, to: number): void {
  for (let at = from; at <= to; at += second) onTick(b.core, at, second, b.effects)
}

test('what a returning node does not hold any more is lost if it had started, and free if it had not', () => {
  const { b, running, waiting } = busyNode()
  onConnected(b.core, node('a'), 99, [], new Set(), 0, b.effects)
  expect(b.seen.lost).toEqual([running])
  expect(b.seen.givenBack).toEqual([waiting])
  expect(b.core.attempts.size).toBe(0)
})

test('what a returning node still holds goes on', () => {
  const { b, running, waiting } = busyNode()
  const held = [running, waiting].map((attempt, i) => ({
    attempt: attempt as never,
    state: i === 0 ? ('running' as const) : ('ahead' as const),
    build: false,
    answer: 'live' as const,
    job: b.core.attempts.get(attempt as never)?.job ?? null,
    jobset: 1 as JobsetId,
    grant: null,
    demand: 0,
    reason: '',
  }))
  onConnected(b.core, node('a'), 99, held, new Set(), 0, b.effects)
  expect(b.seen.lost).toEqual([])
  expect(b.seen.givenBack).toEqual([])
  expect(b.core.attempts.size).toBe(2)
  expect(b.seen.sent.slice(-2).map(({ message }) => message)).toMatchObject([{ verdict: 'keep' }, { verdict: 'keep' }])
})

test('an inventory that is answered late shows an older build: what was ordered since is dropped, no row stays open', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 2)
  plan(b.core, b.effects)
  onBuildOrdered(b.core, a, 1 as JobsetId, newAttempt(), b.effects)
  const since = b.core.nodes.get(a)?.builds.get(1 as JobsetId, 0)?.id
  const older = newAttempt()
  const item = {
    attempt: older,
    state: 'ahead',
    build: true,
    answer: 'live',
    job: null,
    jobset: 1 as JobsetId,
    grant: null,
    demand: 0,
    reason: '',
  } as const
  onInventoryLate(b.core, a, [item], b.effects)
  expect(b.seen.droppedBuilds).toEqual([since])
  expect(b.core.nodes.get(a)?.builds.get(1 as JobsetId, 0)).toMatchObject({ kind: 'building', id: older })
  // and the next hello, without either, drops what is left
  onConnected(b.core, node('a'), 99, [], new Set(), 0, b.effects)
  expect(b.seen.droppedBuilds).toEqual([since, older])
})

test('a silent node is unreachable after 30 s and loses its attempts after 5 min', () => {
  const { b } = busyNode()
  onDisconnected(b.core, a, b.core.nodes.get(a)?.session ?? 0, 0, b.effects)
  pass(b, second, 30 * second)
  expect(b.core.nodes.get(a)?.link).toBe('silent')
  pass(b, 31 * second, 299 * second)
  expect(b.core.nodes.get(a)?.link).toBe('unreachable')
  expect(b.seen.lost).toEqual([])
  pass(b, 300 * second, 302 * second)
  expect(b.core.nodes.get(a)?.link).toBe('offline')
  expect(b.seen.lost).toHaveLength(2)
})

test('a frame puts the deadline off', () => {
  const { b } = busyNode()
  onDisconnected(b.core, a, b.core.nodes.get(a)?.session ?? 0, 0, b.effects)
  pass(b, second, 200 * second)
  onHeard(b.core, a, 200 * second)
  pass(b, 201 * second, 400 * second)
  expect(b.seen.lost).toEqual([])
})

test('a tick that comes late extends every deadline by its lateness: a head that slept blames nobody', () => {
  const { b } = busyNode()
  onDisconnected(b.core, a, b.core.nodes.get(a)?.session ?? 0, 0, b.effects)
  pass(b, second, 10 * second)
  onTick(b.core, 2000 * second, second, b.effects)
  expect(b.core.nodes.get(a)?.link).toBe('silent')
  expect(b.seen.lost).toEqual([])
})

test('the end of an older session changes nothing', () => {
  const { b } = busyNode()
  const older = b.core.nodes.get(a)?.session ?? 0
  onConnected(b.core, node('a'), older + 1, [], new Set(), 0, b.effects)
  onDisconnected(b.core, a, older, 0, b.effects)
  expect(b.core.nodes.get(a)?.link).toBe('connected')
})

test('a build that its node hands back keeps the node from nothing: it is ordered again', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 1)
  plan(b.core, b.effects)
  const build = newAttempt()
  onBuildOrdered(b.core, a, 1 as JobsetId, build, b.effects)
  onReturned(b.core, a, [build], b.effects)
  plan(b.core, b.effects)
  expect(b.seen.builds).toHaveLength(2)
})

test('a session that ends before its inventory is looked up leaves a silent node, not a connected one', () => {
  const { b } = busyNode()
  onSessionOpened(b.core, node('a'), 99, 0)
  onDisconnected(b.core, a, 99, 0, b.effects)
  pass(b, second, 302 * second)
  expect(b.core.nodes.get(a)?.link).toBe('offline')
  expect(b.seen.lost).toHaveLength(2)
})

test('a job that was claimed for a node that left meanwhile goes back at once', () => {
  const { b } = busyNode()
  b.submit(jobset(2), 1)
  onDisconnected(b.core, a, b.core.nodes.get(a)?.session ?? 0, 0, b.effects)
  const item = {
    attempt: newAttempt(),
    job: 2000 as never,
    jobset: 2 as JobsetId,
    node: a,
    demand: 0,
    grant: wholeGrant({ cores: 1 }),
    number: 1,
    spec,
  }
  onClaimed(b.core, [item], [item], b.effects)
  expect(b.seen.givenBack).toEqual([item.attempt])
})

test('when the last node that might still build goes offline, the jobset fails', () => {
  const b = bench()
  b.connect(node('a'))
  b.connect(node('b'))
  onDisconnected(b.core, 'b' as NodeId, b.core.nodes.get('b' as NodeId)?.session ?? 0, 0, b.effects)
  b.submit(jobset(1), 1)
  plan(b.core, b.effects)
  const build = newAttempt()
  onBuildOrdered(b.core, a, 1 as JobsetId, build, b.effects)
  onBuildFinished(b.core, a, { build, jobset: 1 as JobsetId, outcome: { kind: 'failed', exitCode: 1, signal: null } }, b.effects)
  expect(b.seen.failing).toEqual([])
  pass(b, second, 302 * second)
  expect(b.seen.failing).toHaveLength(1)
})
