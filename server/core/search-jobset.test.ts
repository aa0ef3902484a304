// A jobset whose jobs a search makes: when it ends, and what is told of its jobs.
import { expect, test } from 'vitest'
import type { JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import { onCancelled } from './attempt-events.ts'
import { onAdvanced, onJobChanges } from './jobset-events.ts'
import { plan } from './plan.ts'
import type { SearchStand } from './state.ts'
import { bench, jobset, node } from './test-support.ts'

const one = 1 as JobsetId
const job = (n: number): JobId => (1000 + n) as JobId
const open: SearchStand = { open: true, good: false, planned: 10, reason: null }
const good: SearchStand = { open: false, good: true, planned: 10, reason: null }
const bad: SearchStand = { open: false, good: false, planned: 10, reason: 'no trial reported' }

function searching(change: Parameters<typeof jobset>[1] = {}): ReturnType<typeof bench> {
  const b = bench()
  b.submit(jobset(1, { search: open, ...change }), 0)
  return b
}

const made = (b: ReturnType<typeof bench>, ...numbers: number[]): void => {
  const added = numbers.map((n) => ({ job: job(n), state: 'ready' as const }))
  onAdvanced(b.core, one, added, open, b.effects)
}
const ends = (b: ReturnType<typeof bench>, n: number, to: 'succeeded' | 'failed'): void =>
  onJobChanges(b.core, [{ jobset: one, job: job(n), from: 'ready', to }], b.effects)

test('without jobs it waits for its search, with jobs for both', () => {
  const b = searching()
  expect(b.seen.ended).toEqual([])
  made(b, 0)
  ends(b, 0, 'succeeded')
  expect(b.seen.ended).toEqual([])
  made(b, 1)
  onAdvanced(b.core, one, [], good, b.effects)
  expect(b.seen.ended).toEqual([])
  ends(b, 1, 'failed')
  expect(b.seen.ended).toEqual([{ jobset: one, state: 'succeeded', reason: null }])
})

test('a search that failed fails it, for its own reason', () => {
  const b = searching()
  onAdvanced(b.core, one, [], bad, b.effects)
  expect(b.seen.ended).toEqual([{ jobset: one, state: 'failed', reason: 'no trial reported' }])
})

test('what became final is told, once and with all of a group; other jobsets are not told of', () => {
  const b = searching()
  b.submit(jobset(2), 1)
  made(b, 0, 1, 2)
  const change = (n: number, to: 'claimed' | 'failed' | 'cancelled' | 'skipped') =>
    ({ jobset: one, job: job(n), from: 'ready', to }) as const
  const other = { jobset: 2 as JobsetId, job: 2000 as JobId, from: 'ready', to: 'failed' } as const
  onJobChanges(b.core, [change(0, 'failed'), change(1, 'claimed'), other, change(2, 'skipped')], b.effects)
  expect(b.seen.trials).toEqual([{ jobset: one, jobs: [job(0), job(2)] }])
})

test('jobs that join are given out at once', () => {
  const b = searching()
  b.connect(node('a'))
  b.core.nodes.get('a' as NodeId)?.builds.set(one, { kind: 'ready', id: null }, 0)
  made(b, 0, 1)
  plan(b.core, b.effects)
  expect(b.seen.claims.map((claim) => claim.job)).toEqual([job(0), job(1)])
})

test('cancelling all of it is told before anything else happens, and its jobs are not given out', () => {
  const b = searching()
  onCancelled(b.core, one, true, [], [], b.effects)
  expect(b.seen.trials).toEqual([{ jobset: one, jobs: [] }])
  b.connect(node('a'))
  b.core.nodes.get('a' as NodeId)?.builds.set(one, { kind: 'ready', id: null }, 0)
  made(b, 0)
  plan(b.core, b.effects)
  expect(b.seen.claims).toEqual([])
})

test('too many failures stop it also while none of its jobs is open', () => {
  const b = searching({ maxFails: { count: 1 } })
  made(b, 0)
  ends(b, 0, 'failed')
  expect(b.seen.stopped).toEqual([{ jobset: one, reason: '1 jobs failed, and max_fails is 1' }])
})
