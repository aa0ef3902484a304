// Several jobs on a node at once: shares, slots, room that is kept for what does not fit yet, builds of every slot.
import { expect, test } from 'vitest'
import type { AttemptId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import { type Demand, wholeNode } from '../../shared/model/resources.ts'
import { onFinished, onFinishing } from './attempt-events.ts'
import { onBuildFinished, onBuildOrdered } from './build-events.ts'
import { plan } from './plan.ts'
import type { AttemptState } from './state.ts'
import { type Bench, bench, jobset, newAttempt, node } from './test-support.ts'

const a = 'a' as NodeId
const cores = (min: number, max = min): Demand => ({ cores: { min, max }, memory: null, gpus: 0, disk: null })
const held = (b: Bench): AttemptState[] => [...b.core.attempts.values()]
/** jobs that run now: the first of each slot */
const running = (b: Bench): AttemptState[] => {
  const first = new Map<string, AttemptState>()
  for (const attempt of held(b)) {
    const place = `${attempt.node}/${attempt.grant.slot}`
    if (!first.has(place)) first.set(place, attempt)
  }
  return [...first.values()]
}

function finish(b: Bench, ids: readonly AttemptId[], wallSeconds = 60): void {
  onFinishing(b.core, ids, b.effects)
  for (const id of ids) {
    const attempt = b.core.attempts.get(id)
    if (attempt === undefined) continue
    const { job, jobset: of, node: on } = attempt
    onFinished(
      b.core,
      on,
      [{ attempt: id, verdict: 'committed', jobset: of, job, wallSeconds }],
      [{ jobset: of, job, from: 'claimed', to: 'succeeded' }],
      b.effects,
    )
  }
}

test('jobs with a core number share a node, each in a slot of its own, and never more than fit', () => {
  const b = bench()
  b.connect(node('a', { cores: 4, slots: 4 }))
  b.submit(jobset(1, { demands: [cores(1)] }), 64)
  b.settle()
  expect(running(b).map(({ grant }) => [grant.slot, grant.cores])).toEqual([0, 1, 2, 3].map((slot) => [slot, 1]))
  expect(held(b)).toHaveLength(8)
})

test('memory, disk and GPUs pack like cores; GPUs are granted by index and come back', () => {
  const b = bench()
  b.connect(node('a', { cores: 8, slots: 8, memory: 10e9, gpus: 2, disk: 100e9, capabilities: ['python3', 'gpu'] }))
  b.submit(jobset(1, { demands: [{ ...cores(1), memory: 3e9 }] }), 5)
  b.settle()
  expect(running(b)).toHaveLength(3)
  finish(
    b,
    held(b).map(({ id }) => id),
  )
  finish(
    b,
    held(b).map(({ id }) => id),
  )
  b.submit(jobset(2, { demands: [{ ...cores(1), gpus: 1 }] }), 4)
  b.settle()
  const gpus = running(b).filter(({ jobset: of }) => of === 2)
  expect(gpus.map(({ grant }) => grant.gpus)).toEqual([[0], [1]])
  finish(b, [gpus[0]?.id as AttemptId])
  b.settle()
  expect(
    running(b)
      .filter(({ jobset: of }) => of === 2)
      .map(({ grant }) => grant.gpus),
  ).toContainEqual([0])
})

test('a jobset that asks for the word gpu gets one where GPUs are counted', () => {
  const b = bench()
  b.connect(node('a', { cores: 8, slots: 8, gpus: 2, capabilities: ['python3', 'gpu'] }))
  b.submit(jobset(1, { demands: [cores(1)], capabilities: ['gpu'] }), 4)
  b.settle()
  expect(running(b).map(({ grant }) => grant.gpus)).toEqual([[0], [1]])
})

test('of a range of cores a job gets what is free, and more when it begins anew beside nobody', () => {
  const b = bench()
  b.connect(node('a', { cores: 6, slots: 6 }))
  b.submit(jobset(1, { demands: [cores(4)] }), 1)
  b.settle()
  b.submit(jobset(2, { demands: [cores(1, 8)] }), 3)
  b.settle()
  expect(running(b).map(({ grant }) => grant.cores)).toEqual([4, 2])
  finish(b, [held(b)[0]?.id as AttemptId])
  b.settle()
  expect(running(b).map(({ grant }) => grant.cores)).toEqual([2, 4])
})

test('a job that takes the whole node is not starved by a stream of small ones of a later jobset', () => {
  const b = bench()
  b.connect(node('a', { cores: 4, slots: 4 }))
  b.submit(jobset(1, { demands: [cores(1)] }), 400)
  b.settle()
  b.submit(jobset(2, { demands: [wholeNode], priority: 1 }), 1)
  let rounds = 0
  for (; rounds < 20 && !held(b).some(({ jobset: of }) => of === 2); rounds++) {
    finish(
      b,
      running(b)
        .slice(0, 1)
        .map(({ id }) => id),
    )
    b.settle()
  }
  // Four slots with two jobs each had to empty; nothing new was started meanwhile.
  expect(rounds).toBe(8)
  expect(held(b).filter(({ jobset: of }) => of === 1)).toHaveLength(0)
})

test('a later job starts beside room that is kept only where it takes nothing of what is waited for', () => {
  const b = bench()
  b.connect(node('a', { cores: 4, slots: 4, gpus: 1, capabilities: ['python3'] }))
  b.submit(jobset(1, { demands: [{ ...cores(1), gpus: 1 }] }), 1)
  b.settle()
  // Waits for the GPU alone, and will need two of the three free cores.
  b.submit(jobset(2, { demands: [{ ...cores(2), gpus: 1 }], priority: 1 }), 1)
  b.submit(jobset(3, { demands: [cores(1)] }), 9)
  b.settle()
  b.settle()
  expect(running(b).map(({ jobset: of }) => of)).toEqual([1, 3])
  finish(b, [running(b)[0]?.id as AttemptId])
  b.settle()
  expect(new Set(running(b).map(({ jobset: of }) => Number(of)))).toEqual(new Set([2, 3]))
})

test('a later job never delays one that waits for cores', () => {
  const b = bench()
  b.connect(node('a', { cores: 4, slots: 4 }))
  b.submit(jobset(1, { demands: [cores(3)] }), 1)
  b.settle()
  b.submit(jobset(2, { demands: [cores(2)], priority: 1 }), 1)
  b.submit(jobset(3, { demands: [cores(1)] }), 9)
  b.settle()
  b.settle()
  expect(running(b).map(({ jobset: of }) => of)).toEqual([1])
  finish(b, [running(b)[0]?.id as AttemptId])
  b.settle()
  b.settle()
  expect(new Set(running(b).map(({ jobset: of }) => Number(of)))).toEqual(new Set([2, 3]))
})

test('within a jobset the file order decides: a large job in the middle gets its turn', () => {
  const b = bench()
  b.connect(node('a', { cores: 2, slots: 2 }))
  const classes = Array.from({ length: 30 }, (_, i) => (i === 6 ? 1 : 0))
  b.submit(jobset(1, { demands: [cores(1), wholeNode] }), 30, classes)
  const order: number[] = []
  for (let round = 0; round < 40 && order.length < 30; round++) {
    b.settle()
    const first = running(b)
    order.push(...first.map(({ job }) => job - 1000))
    finish(
      b,
      first.map(({ id }) => id),
    )
  }
  expect(order).toHaveLength(30)
  expect(order.indexOf(6)).toBeLessThanOrEqual(10)
})

test('no more nodes build than ready jobs can fill their slots', () => {
  const b = bench()
  for (const name of ['a', 'b', 'c']) b.connect(node(name, { cores: 4, slots: 4 }))
  b.submit(jobset(1, { demands: [cores(1)] }), 5)
  plan(b.core, b.effects)
  expect(b.seen.builds.map((order) => order.node)).toEqual(['a', 'b'])
})

test('where there are no views of a build every slot builds for itself, and only slots that will have work do', () => {
  const b = bench()
  b.connect(node('a', { cores: 4, slots: 4, ownBuilds: true }))
  b.submit(jobset(1, { demands: [cores(1)] }), 3)
  plan(b.core, b.effects)
  // Each build may use all free cores: one after the other.
  expect(b.seen.builds).toEqual([{ node: 'a', jobset: 1 }])
  b.settle()
  b.settle()
  expect(running(b).map(({ grant }) => grant.slot)).toEqual([0, 1])
  expect(b.core.nodes.get(a)?.builds.of(1 as JobsetId)).toHaveLength(2)
})

test('a build that failed in one slot keeps that slot from the jobset, not the node', () => {
  const b = bench()
  b.connect(node('a', { cores: 2, slots: 2, ownBuilds: true }))
  b.submit(jobset(1, { demands: [cores(1)] }), 8)
  b.settle()
  expect(running(b)).toHaveLength(1)
  plan(b.core, b.effects)
  const [order] = b.seen.builds.splice(0)
  expect(order).toEqual({ node: 'a', jobset: 1, place: 1 })
  const build = newAttempt()
  onBuildOrdered(b.core, a, 1 as JobsetId, build, b.effects, 1)
  onBuildFinished(b.core, a, { build, jobset: 1 as JobsetId, outcome: { kind: 'failed', exitCode: 1, signal: null } }, b.effects)
  expect(b.seen.failing).toEqual([])
  b.settle()
  expect(new Set(held(b).map(({ grant }) => grant.slot))).toEqual(new Set([0]))
})

test('a job that waits behind a long one moves to a slot of its own node that became free', () => {
  const b = bench()
  b.connect(node('a', { cores: 2, slots: 2 }))
  b.submit(jobset(1, { demands: [cores(1)] }), 3)
  b.settle()
  expect(held(b).map(({ grant }) => grant.slot)).toEqual([0, 1, 0])
  finish(b, [held(b)[1]?.id as AttemptId])
  plan(b.core, b.effects)
  const drops = b.seen.sent.filter(({ message }) => message.kind === 'order')
  expect(drops.map(({ message }) => message)).toEqual([{ kind: 'order', attempt: held(b)[1]?.id, order: 'drop' }])
})
