import { expect, test } from 'vitest'
import type { JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import { onCleared, onHeld, onPaused, onPriority, onReleased, onResumed } from './control-events.ts'
import { orderedJobsets } from './fair-share.ts'
import { delay } from './jobset-events.ts'
import { onTick } from './node-events.ts'
import { bench, jobset, node } from './test-support.ts'

const a = 'a' as NodeId
const [first, second] = [1 as JobsetId, 2 as JobsetId]
const held = (b: ReturnType<typeof bench>): number[] => [...b.core.attempts.values()].map((attempt) => attempt.jobset)

test('a jobset whose priority is raised is offered first', () => {
  const b = bench()
  b.submit(jobset(1), 2)
  b.submit(jobset(2), 2)
  onPriority(b.core, second, 5, b.effects)
  expect(orderedJobsets(b.core).map(({ facts }) => facts.id)).toEqual([second, first])
})

test('a held jobset gets no node, gives back what waits, and goes on when it is released', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 5)
  b.settle()
  expect(held(b)).toEqual([1, 1])
  onHeld(b.core, first, b.effects)
  expect(b.seen.sent.filter(({ message }) => message.kind === 'order')).toHaveLength(2)
  b.submit(jobset(2), 1)
  b.connect(node('b'))
  b.settle()
  expect(held(b).filter((id) => id === 2)).toHaveLength(1)
  expect(held(b).filter((id) => id === 1)).toHaveLength(2)
  onReleased(b.core, first, true, [], b.effects)
  b.connect(node('c'))
  b.settle()
  expect(held(b).filter((id) => id === 1).length).toBeGreaterThan(2)
})

test('a job that waits for its back-off starts when it is released, and only that one', () => {
  const b = bench()
  b.submit(jobset(1), 2)
  const state = b.core.jobsets.get(first)
  if (state === undefined) throw new Error('no jobset')
  state.ready.clear()
  for (const job of [1000, 1001]) delay(state, { job: job as JobId, demand: 0 }, 0, 60_000)
  onReleased(b.core, first, false, [{ job: 1001 as JobId, demand: 0 }], b.effects)
  expect(state.delayed.map(({ job }) => job)).toEqual([1000])
  expect(state.ready.known).toBe(1)
})

test('a paused node gets nothing new until it is resumed', () => {
  const b = bench()
  b.connect(node('a'))
  onPaused(b.core, a, null, b.effects)
  b.submit(jobset(1), 2)
  b.settle()
  expect(held(b)).toEqual([])
  onTick(b.core, 1e12, 1e12, b.effects)
  b.settle()
  expect(held(b)).toEqual([])
  onResumed(b.core, a, b.effects)
  b.settle()
  expect(held(b)).toEqual([1, 1])
})

test('a pause ends by itself when its time is up', () => {
  const b = bench()
  b.connect(node('a'))
  onPaused(b.core, a, 5000, b.effects)
  b.submit(jobset(1), 1)
  onTick(b.core, 4000, 1000, b.effects)
  b.settle()
  expect(held(b)).toEqual([])
  onTick(b.core, 5000, 1000, b.effects)
  b.settle()
  expect(held(b)).toEqual([1])
})

test('a node that is cleared builds again what failed there', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 1)
  b.core.nodes.get(a)?.builds.set(first, { kind: 'failed', id: null }, 0)
  b.settle()
  expect(held(b)).toEqual([])
  onCleared(b.core, a, [second], b.effects)
  b.settle()
  expect(held(b)).toEqual([])
  onCleared(b.core, a, [first], b.effects)
  b.settle()
  expect(held(b)).toEqual([1])
})
