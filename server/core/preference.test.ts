import { expect, test } from 'vitest'
import type { JobsetId, NodeId } from '../../shared/model/ids.ts'
import { onFinished } from './attempt-events.ts'
import { addUsage, orderedJobsets } from './fair-share.ts'
import { onTick } from './node-events.ts'
import { bench, jobset, node } from './test-support.ts'

const day = 24 * 3600 * 1000
const a = 'a' as NodeId

/** Everything the node holds ends; answers which jobsets it worked for. */
function finishAll(b: ReturnType<typeof bench>): number[] {
  const held = [...b.core.attempts.values()]
  const replies = held.map(({ id, jobset: of, job }) => ({ attempt: id, verdict: 'committed', jobset: of, job, wallSeconds: 60 }))
  const changes = held.map(({ jobset: of, job }) => ({ jobset: of, job, from: 'claimed' as const, to: 'succeeded' as const }))
  onFinished(b.core, a, replies, changes, b.effects)
  return held.map((attempt) => attempt.jobset)
}

test('gpu_first: a GPU node takes work that asks for a GPU before older work that does not', () => {
  const b = bench()
  b.connect(node('a', { capabilities: ['python3', 'gpu'] }))
  b.submit(jobset(1), 2)
  b.submit(jobset(2, { capabilities: ['python3', 'gpu'] }), 1)
  const seen: number[] = []
  for (let round = 0; round < 4; round++) {
    b.settle()
    seen.push(...finishAll(b))
  }
  expect(seen).toEqual([2, 1, 1])
})

test('gpu_added_later: GPU work that arrives later takes the node over, the rest follows', () => {
  const b = bench()
  b.connect(node('a', { capabilities: ['python3', 'gpu'] }))
  b.submit(jobset(1), 5)
  b.settle()
  const seen = finishAll(b)
  b.submit(jobset(2, { capabilities: ['gpu'] }), 1)
  for (let round = 0; round < 4; round++) {
    b.settle()
    seen.push(...finishAll(b))
  }
  expect(seen.slice(0, 2)).toEqual([1, 1])
  expect(seen[2]).toBe(2)
  expect(seen.filter((id) => id === 1)).toHaveLength(5)
})

test('different_caps: a node without a GPU never gets work that asks for one', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1, { capabilities: ['gpu'] }), 1)
  b.submit(jobset(2), 1)
  b.settle()
  expect(finishAll(b)).toEqual([2])
})

test('of equal priorities, who used less lately comes first; a day halves what was used', () => {
  const b = bench()
  b.submit(jobset(1, { owner: 'anna' }), 1)
  b.submit(jobset(2, { owner: 'ben' }), 1)
  addUsage(b.core, 'anna', 1000)
  addUsage(b.core, 'ben', 600)
  const order = (): number[] => orderedJobsets(b.core).map(({ facts }) => facts.id)
  expect(order()).toEqual([2, 1])
  onTick(b.core, day, day, b.effects)
  addUsage(b.core, 'ben', 300)
  expect(order()).toEqual([1, 2])
})

test('a node leaves its jobset after the bound when others of equal priority wait', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 500)
  b.submit(jobset(2), 1)
  const seen: number[] = []
  for (let round = 0; round < 70 && !seen.includes(2); round++) {
    b.settle()
    seen.push(...finishAll(b))
  }
  const switched = seen.indexOf(2 as JobsetId)
  expect(switched).toBeGreaterThanOrEqual(100)
  expect(switched).toBeLessThanOrEqual(104)
})

test('the bound holds also when the node always has work ahead', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 500)
  b.submit(jobset(2), 1)
  const seen: number[] = []
  for (let round = 0; round < 300 && !seen.includes(2); round++) {
    b.settle()
    const oldest = [...b.core.attempts.values()][0]
    if (oldest === undefined) continue
    seen.push(oldest.jobset)
    const reply = { attempt: oldest.id, verdict: 'committed', jobset: oldest.jobset, job: oldest.job, wallSeconds: 60 }
    onFinished(b.core, a, [reply], [{ jobset: oldest.jobset, job: oldest.job, from: 'claimed', to: 'succeeded' }], b.effects)
  }
  expect(seen.indexOf(2 as JobsetId)).toBeGreaterThanOrEqual(100)
  expect(seen.indexOf(2 as JobsetId)).toBeLessThanOrEqual(105)
})

test('a node stays with its jobset when the others have a lower priority', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 300)
  b.submit(jobset(2, { priority: -1 }), 1)
  const seen: number[] = []
  for (let round = 0; round < 100; round++) {
    b.settle()
    seen.push(...finishAll(b))
  }
  expect(seen).not.toContain(2)
})
