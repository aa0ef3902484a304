// `dont_send_failed_builds` and `remove_set_if_no_build` of the original.
import { expect, test } from 'vitest'
import type { JobsetId, NodeId } from '../../shared/model/ids.ts'
import { onBuildFinished, onBuildOrdered } from './build-events.ts'
import { plan } from './plan.ts'
import { type Bench, bench, jobset, newAttempt, node } from './test-support.ts'

/** The build of that jobset runs on the node and fails. */
function failBuild(b: Bench, name: string, id: number): void {
  const build = newAttempt()
  onBuildOrdered(b.core, name as NodeId, id as JobsetId, build, b.effects)
  const outcome = { kind: 'failed', exitCode: 1, signal: null } as const
  onBuildFinished(b.core, name as NodeId, { build, jobset: id as JobsetId, outcome }, b.effects)
}

const ordered = (b: Bench): string[] => b.seen.builds.splice(0).map((order) => `${order.node} ${order.jobset}`)
const held = (b: Bench): string[] => [...b.core.attempts.values()].map((attempt) => `${attempt.node} ${attempt.jobset}`)

test('dont_send_failed_builds: a node whose build failed gets nothing more of that batch, which stays for the other', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 2)
  plan(b.core, b.effects)
  expect(ordered(b)).toEqual(['a 1'])
  b.connect(node('b'))
  failBuild(b, 'a', 1)
  expect(b.seen.failing).toEqual([])
  plan(b.core, b.effects)
  expect(ordered(b)).toEqual(['b 1'])
  expect(b.seen.claims).toEqual([])
})

test('dont_send_failed_builds: what else there is goes to that node as before', () => {
  const b = bench()
  b.connect(node('a'))
  b.connect(node('b'))
  b.submit(jobset(1), 4)
  plan(b.core, b.effects)
  ordered(b)
  failBuild(b, 'a', 1)
  b.submit(jobset(2), 1)
  b.settle()
  expect(held(b)).toContain('a 2')
  expect(held(b)).not.toContain('a 1')
})

test('remove_set_if_no_build: the batch whose build failed on the only node is over, and the next one is built', () => {
  const b = bench()
  b.connect(node('a'))
  b.submit(jobset(1), 3)
  plan(b.core, b.effects)
  expect(ordered(b)).toEqual(['a 1'])
  failBuild(b, 'a', 1)
  expect(b.seen.failing.map((item) => item.jobset)).toEqual([1])
  b.submit(jobset(2), 1)
  plan(b.core, b.effects)
  expect(ordered(b)).toEqual(['a 2'])
})

test('remove_set_if_no_build: a node that could never run it does not keep it alive', () => {
  const b = bench()
  b.connect(node('a', { capabilities: ['python3', 'gpu'] }))
  b.connect(node('b'))
  b.submit(jobset(1, { capabilities: ['gpu'] }), 1)
  plan(b.core, b.effects)
  expect(ordered(b)).toEqual(['a 1'])
  failBuild(b, 'a', 1)
  expect(b.seen.failing.map((item) => item.jobset)).toEqual([1])
})
