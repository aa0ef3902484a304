// Several slots: what happens in one of them is nothing to the others.
import { expect, test } from 'vitest'
import type { JobsetUid } from '../../shared/model/ids.ts'
import { builtPlaces } from './held.ts'
import { SimulatedNode } from './test-support-node.ts'

const uid = 'u' as JobsetUid

/** A packed jobset that is built, on two slots. */
function two(): SimulatedNode {
  const it = new SimulatedNode(2)
  it.giveBuild(uid, true)
  it.settle()
  it.keepers.begun.length = 0
  return it
}

function phase(it: SimulatedNode, id: string): string | undefined {
  return [...it.state.attempts].find(([known]) => known === id)?.[1].phase.kind
}

test('jobs go to the slots that the head names, and in each of them run in the order given', () => {
  const it = two()
  const [a, b, c, d] = [it.giveJob(uid, 1), it.giveJob(uid, 0), it.giveJob(uid, 1), it.giveJob(uid, 0)]
  // inputs of the later ones arrive first
  for (let turn = 0; turn < 4; turn++) it.deliver(it.pending.length - 1)
  expect(it.keepers.held(0)).toEqual([b, d])
  expect(it.keepers.held(1)).toEqual([a, c])
  it.settle()
  expect(it.keepers.begun.filter((id) => id === a || id === c)).toEqual([a, c])
})

test('inputs that are slow hold up their own slot only', () => {
  const it = two()
  const slow = it.giveJob(uid, 0)
  const behind = it.giveJob(uid, 0)
  const beside = it.giveJob(uid, 1)
  it.deliver(2)
  it.deliver(1)
  expect(it.keepers.held()).toEqual([beside])
  expect(phase(it, behind)).toBe('ready')
  // an idle keeper waits for them a second, no longer; the one that is busy with another job does not count
  it.now += 1000
  it.dispatch({ kind: 'tick' })
  expect(it.keepers.held(0)).toEqual([behind])
  it.deliver(0)
  expect(it.keepers.held(0)).toEqual([behind, slow])
})

test('a keeper that dies loses what it ran, and gets again what waited, in order; the other slot goes on', () => {
  const it = two()
  const [lost, next, last] = [it.giveJob(uid, 0), it.giveJob(uid, 0), it.giveJob(uid, 0)]
  const beside = it.giveJob(uid, 1)
  it.deliverAll()
  it.work(0, true, 0)
  it.work(0, true, 1)
  it.deliverAll()
  it.die(0)
  expect(it.keepers.running).toEqual([beside])
  const late = it.giveJob(uid, 0)
  it.deliverAll()
  it.revive(0)
  expect(it.keepers.held(0)).toEqual([next, last, late])
  expect(it.given.get(lost)?.finished).toEqual(['lost'])
  expect(phase(it, beside)).toBe('running')
  it.work(0, false, 1)
  it.deliverAll()
  expect(it.given.get(beside)?.finished).toEqual(['succeeded'])
})

test('an attempt that one keeper does not know is not missed in the inventory of another', () => {
  const it = two()
  const beside = it.giveJob(uid, 1)
  it.deliverAll()
  it.work(0, true, 1)
  it.deliverAll()
  it.dispatch({ kind: 'inventory', slot: 0, inventory: { running: null, queue: [], ended: [] } })
  expect(phase(it, beside)).toBe('running')
})

test('a job waits for the keeper of its slot', () => {
  const it = two()
  it.die(1)
  const waits = it.giveJob(uid, 1)
  it.deliverAll()
  expect(phase(it, waits)).toBe('ready')
  it.revive(1)
  expect(it.keepers.held(1)).toEqual([waits])
})

test('an agent that comes back adopts what every slot holds', () => {
  const it = two()
  const [a, b, c] = [it.giveJob(uid, 0), it.giveJob(uid, 1), it.giveJob(uid, 1)]
  it.deliverAll()
  it.work(0, true, 0)
  it.work(0, true, 1)
  it.restart()
  const slots = [...it.state.attempts.values()].map(({ work, phase: { kind } }) => [work.id, work.slot, kind])
  expect(slots).toEqual([
    [a, 0, 'running'],
    [b, 1, 'running'],
    [c, 1, 'given'],
  ])
  it.open()
  it.order(c, 'stop')
  expect(it.keepers.held(1)).toEqual([b])
})

test('a drain lets every slot finish what runs and hands back the rest', () => {
  const it = two()
  const [a, b] = [it.giveJob(uid, 0), it.giveJob(uid, 1)]
  const waiting = [it.giveJob(uid, 0), it.giveJob(uid, 1)]
  it.deliverAll()
  it.work(0, true, 0)
  it.work(0, true, 1)
  it.deliverAll()
  it.dispatch({ kind: 'drain', ms: null })
  it.deliverAll()
  expect(waiting.map((id) => it.given.get(id)?.returned)).toEqual([1, 1])
  expect(it.keepers.running).toEqual([a, b])
  it.work(0, false, 0)
  it.deliverAll()
  it.verdict()
  expect(it.ended).toBe(false)
  it.work(0, false, 1)
  it.deliverAll()
  it.verdict()
  expect(it.ended).toBe(true)
  expect(it.killed.size).toBe(0)
})

test('with own builds every slot has its own, and a bad one takes back only the jobs of its slot', () => {
  const it = new SimulatedNode(2, true)
  it.giveBuild(uid, true, 0)
  const bad = it.giveBuild(uid, true, 1)
  const [good, never] = [it.giveJob(uid, 0), it.giveJob(uid, 1)]
  it.deliverAll()
  it.work(0, false, 0)
  it.work(0, false, 1)
  it.work(0, false, 0)
  it.work(256, false, 1)
  it.deliverAll()
  expect(it.given.get(bad)?.finished).toEqual(['failed'])
  expect(it.given.get(never)?.returned).toBe(1)
  expect(builtPlaces(it.state)).toEqual(['u'])
  expect(it.keepers.held(0)).toEqual([good])
  it.giveBuild(uid, true, 1)
  it.settle()
  expect(builtPlaces(it.state)).toEqual(['u', 'u.1'])
})

test('with nothing to build one order is enough for all slots, also with own builds', () => {
  const it = new SimulatedNode(2, true)
  it.giveBuild(uid, false, 1)
  it.settle()
  expect(builtPlaces(it.state)).toEqual(['u'])
  const job = it.giveJob(uid, 1)
  it.deliverAll()
  expect(it.keepers.held(1)).toEqual([job])
})

test('a slot that there is not goes back to the head, until agent.yaml says otherwise', () => {
  const it = two()
  const over = it.giveJob(uid, 2)
  expect(it.given.get(over)?.returned).toBe(1)
  it.dispatch({ kind: 'slots', slots: 1 })
  const gone = it.giveJob(uid, 1)
  expect(it.given.get(gone)?.returned).toBe(1)
  it.dispatch({ kind: 'slots', slots: 2 })
  expect(phase(it, it.giveJob(uid, 1))).toBe('staging')
})
