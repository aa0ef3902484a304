import { expect, test } from 'vitest'
import type { JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import { onJobChanges } from './jobset-events.ts'
import { onDisconnected, onTick } from './node-events.ts'
import { plan } from './plan.ts'
import { bench, jobset, node } from './test-support.ts'

const one = 1 as JobsetId
const first = 1000 as JobId
const second = 1000

/** A jobset of one job that failed on node a and is tried again after `afterMs`. */
function failedOnce(afterMs: number): ReturnType<typeof bench> {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 1)
  b.settle()
  const attempt = [...b.core.attempts.values()][0]
  if (attempt === undefined) throw new Error('no attempt')
  b.core.attempts.delete(attempt.id)
  b.core.byJob.delete(attempt.job)
  b.core.nodes.get('a' as NodeId)?.attempts.delete(attempt.id)
  const set = b.core.jobsets.get(one)
  if (set !== undefined) set.live = 0
  onJobChanges(b.core, [{ jobset: one, job: first, from: 'claimed', to: 'ready', again: { afterMs, avoid: 'a' as NodeId } }], b.effects)
  return b
}

const claimed = (b: ReturnType<typeof bench>): string[] => b.seen.claims.map((claim) => claim.node)

test('a job in its back-off is not given before that is over', () => {
  const b = failedOnce(5 * second)
  plan(b.core, b.effects)
  expect(claimed(b)).toEqual([])
  for (let at = second; at < 5 * second; at += second) onTick(b.core, at, second, b.effects)
  plan(b.core, b.effects)
  expect(claimed(b)).toEqual([])
  onTick(b.core, 5 * second, second, b.effects)
  plan(b.core, b.effects)
  expect(claimed(b)).toEqual(['a'])
})

test('a retry goes to another node when there is one that could take it', () => {
  const b = failedOnce(0)
  b.connect(node('b'))
  b.core.nodes.get('b' as NodeId)?.builds.set(one, { kind: 'ready', id: null })
  plan(b.core, b.effects)
  expect(claimed(b)).toEqual(['b'])
})

test('a retry goes to the same node when no other could take it', () => {
  const b = failedOnce(0)
  b.connect(node('b', { capabilities: [] }))
  plan(b.core, b.effects)
  expect(claimed(b)).toEqual(['a'])
})

test('no more jobs are at work than max_concurrent says', () => {
  const b = bench()
  for (const name of ['a', 'b', 'c']) b.connect(node(name))
  b.submit(jobset(1, { maxConcurrent: 2 }), 10)
  b.settle()
  b.settle()
  expect(b.core.attempts.size).toBe(2)
})

test('a jobset is stopped when max_fails of its jobs failed, once', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1, { maxFails: { count: 2 } }), 5)
  const fail = (n: number): void =>
    onJobChanges(b.core, [{ jobset: one, job: (1000 + n) as JobId, from: 'ready', to: 'failed' }], b.effects)
  fail(0)
  expect(b.seen.stopped).toEqual([])
  fail(1)
  fail(2)
  expect(b.seen.stopped).toEqual([{ jobset: 1, reason: '2 jobs failed, and max_fails is 2' }])
})

test('a jobset may say how long it waits for a silent node', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1, { lostAfter: 3 * second }), 1)
  b.settle()
  onDisconnected(b.core, 'a' as NodeId, b.core.nodes.get('a' as NodeId)?.session ?? 0, 0, b.effects)
  for (let at = second; at <= 3 * second; at += second) onTick(b.core, at, second, b.effects)
  expect(b.seen.lost).toEqual([])
  onTick(b.core, 4 * second, second, b.effects)
  expect(b.seen.lost).toHaveLength(1)
  expect(b.core.nodes.get('a' as NodeId)?.link).toBe('silent')
})

test('a skipped job makes its jobset failed', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 2)
  onJobChanges(b.core, [{ jobset: one, job: first, from: 'ready', to: 'failed' }], b.effects)
  onJobChanges(b.core, [{ jobset: one, job: 1001 as JobId, from: 'ready', to: 'skipped' }], b.effects)
  expect(b.seen.ended).toEqual([{ jobset: 1, state: 'failed', reason: null }])
})
