// `different_caps` of the original, whole: who gets what of a batch that asks for a GPU and one that does not.
import { expect, test } from 'vitest'
import type { NodeId } from '../../shared/model/ids.ts'
import { onFinished } from './attempt-events.ts'
import { type Bench, bench, jobset, node } from './test-support.ts'

/** What the node holds, as ids of jobsets. */
const held = (b: Bench, name: string): number[] =>
  [...b.core.attempts.values()].filter((attempt) => attempt.node === name).map((attempt) => attempt.jobset)

/** The node ends all that it holds; which jobsets that was. */
function finish(b: Bench, name: string): number[] {
  const mine = [...b.core.attempts.values()].filter((attempt) => attempt.node === name)
  const replies = mine.map(({ id, jobset: of, job }) => ({ attempt: id, verdict: 'committed', jobset: of, job, wallSeconds: 60 }))
  const changes = mine.map(({ jobset: of, job }) => ({ jobset: of, job, from: 'claimed' as const, to: 'succeeded' as const }))
  onFinished(b.core, name as NodeId, replies, changes, b.effects)
  return mine.map((attempt) => attempt.jobset)
}

test('different_caps: the GPU node takes GPU work first and then helps, the other never gets any, and both end with nothing', () => {
  const b = bench()
  b.connect(node('cpu'))
  b.connect(node('gpu', { capabilities: ['python3', 'gpu'] }))
  b.submit(jobset(1), 20)
  b.submit(jobset(2, { capabilities: ['python3', 'gpu'] }), 3)
  b.settle()
  const seen: Record<'cpu' | 'gpu', number[]> = { cpu: [], gpu: [] }
  for (let round = 0; round < 40; round++) {
    for (const name of ['cpu', 'gpu'] as const) seen[name].push(...finish(b, name))
    b.settle()
  }
  expect(new Set(seen.cpu)).toEqual(new Set([1]))
  expect(seen.gpu.slice(0, 3)).toEqual([2, 2, 2])
  expect(seen.gpu.slice(3).length).toBeGreaterThan(0)
  expect([...seen.cpu, ...seen.gpu].filter((id) => id === 1)).toHaveLength(20)
  expect([held(b, 'cpu'), held(b, 'gpu')]).toEqual([[], []])
})
