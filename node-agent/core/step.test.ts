import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import { step } from './step.ts'
import { SimulatedNode } from './test-support-node.ts'

const uid = 'u' as JobsetUid

function node(): SimulatedNode {
  const it = new SimulatedNode()
  it.dispatch({ kind: 'inventory', inventory: { running: null, queue: [], ended: [] } })
  it.open()
  return it
}

/** Lets everything happen that is under way. */
function settle(it: SimulatedNode): void {
  for (let turn = 0; turn < 2000; turn++) {
    it.revive()
    if (!it.ended) it.open()
    const busy = it.pending.length + it.verdicts.length + (it.keeper?.queue.length ?? 0) + (it.keeper?.running === null ? 0 : 1)
    if (busy === 0) return
    it.deliver(0)
    it.verdict()
    it.work(0, false)
    it.now += 100
    it.dispatch({ kind: 'tick' })
  }
  throw new Error('it never settles')
}

const anyAction = fc.oneof(
  fc.record({ do: fc.constantFrom('build', 'job', 'job', 'open', 'close', 'verdict', 'die', 'revive', 'restart', 'tick' as const) }),
  fc.record({ do: fc.constant('deliver' as const), index: fc.nat(20) }),
  fc.record({ do: fc.constant('work' as const), status: fc.constantFrom(0, 0, 256), large: fc.boolean() }),
  fc.record({ do: fc.constantFrom('stop', 'drop' as const), which: fc.nat(30) }),
)

function act(
  it: SimulatedNode,
  action: { do: string; index?: number; status?: number; large?: boolean; which?: number },
  stopping: boolean,
): void {
  const ids = [...it.given.keys()]
  switch (action.do) {
    case 'build':
      it.giveBuild(uid, ids.length % 3 !== 0)
      break
    case 'job':
      it.giveJob(uid)
      break
    case 'deliver':
      it.deliver(action.index ?? 0)
      break
    case 'work':
      it.work(action.status ?? 0, action.large ?? false)
      break
    case 'stop':
    case 'drop': {
      const id = ids[(action.which ?? 0) % Math.max(1, ids.length)]
      if (id !== undefined) it.order(id, action.do)
      break
    }
    case 'tick':
      it.now += 600
      it.dispatch({ kind: 'tick' })
      break
    case 'open':
      it.open()
      break
    case 'close':
      it.close()
      break
    case 'verdict':
      it.verdict()
      break
    case 'die':
      if (!stopping) it.die()
      break
    case 'restart':
      if (!stopping) it.restart()
      break
    case 'revive':
      it.revive()
  }
}

/** Nothing is in two places, and what the keeper has the core knows. */
function checkInvariants(it: SimulatedNode): void {
  const inKeeper = [...(it.keeper?.queue ?? []), ...(it.keeper?.running == null ? [] : [it.keeper.running])]
  const ids = inKeeper.map((item) => item.id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { id } of inKeeper) {
    const phase = it.state.attempts.get(id)?.phase.kind
    expect(['given', 'running']).toContain(phase)
  }
  for (const [id, given] of it.given) {
    expect(given.finished.length > 0 && given.returned > 0 && !given.forgotten, `${id} finished and returned`).toBe(false)
  }
}

test('whatever happens, every attempt ends once: as one result, or back at the head; and every order is answered', () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 80 }), (actions) => {
      const it = node()
      it.giveBuild(uid, true)
      for (const action of actions) {
        act(it, action, false)
        checkInvariants(it)
      }
      settle(it)
      expect(it.state.attempts.size).toBe(0)
      for (const [id, given] of it.given) {
        expect(given.finished.length > 0 || given.returned > 0 || given.forgotten, `${id} vanished`).toBe(true)
        expect(new Set(given.finished).size, `${id} told differently`).toBeLessThanOrEqual(1)
        expect(given.stops, `an order about ${id} was not answered`).toBe(0)
      }
      expect(it.keeper?.journal.size).toBe(0)
    }),
    { numRuns: 3000 },
  )
})

test('a stopping agent hands back what did not finish, and leaves', () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 40 }), fc.array(anyAction, { maxLength: 10 }), (before, after) => {
      const it = node()
      it.giveBuild(uid, true)
      for (const action of before) act(it, action, false)
      it.open()
      it.dispatch({ kind: 'stop' })
      for (const action of after) {
        act(it, action, true)
        checkInvariants(it)
      }
      settle(it)
      for (let turn = 0; turn < 10; turn++) {
        it.now += 2000
        it.dispatch({ kind: 'tick' })
      }
      expect(it.ended).toBe(true)
      // without a session the head finds out from its silence
      if (!it.toldAll) return
      for (const [id, given] of it.given) {
        expect(given.finished.length > 0 || given.returned > 0 || given.forgotten, `${id} vanished`).toBe(true)
      }
    }),
    { numRuns: 1000 },
  )
})

test('a draining agent ends nothing that runs, hands back what waits, and leaves when all is told', () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 40 }), fc.array(anyAction, { maxLength: 10 }), (before, after) => {
      const it = node()
      it.giveBuild(uid, true)
      for (const action of before) act(it, action, false)
      it.open()
      const running = it.keeper?.running?.id
      const killed = new Set(it.killed)
      it.dispatch({ kind: 'drain', ms: null })
      for (const action of after) {
        act(it, action, true)
        checkInvariants(it)
      }
      settle(it)
      expect(it.ended).toBe(true)
      const stopped = [...it.killed].filter((id) => !killed.has(id))
      expect(stopped.filter((id) => id === running && (it.given.get(id)?.stops ?? 0) === 0 && !it.stopOrders.has(id))).toEqual([])
      // without a session the head finds out from its silence
      if (!it.toldAll) return
      for (const [id, given] of it.given) {
        expect(given.finished.length > 0 || given.returned > 0 || given.forgotten, `${id} vanished`).toBe(true)
      }
    }),
    { numRuns: 1000 },
  )
})

test('a drain ends at its deadline, when what runs is stopped and handed back', () => {
  const it = node()
  it.giveBuild(uid, false)
  settle(it)
  it.giveJob(uid)
  it.giveJob(uid)
  while (it.pending.length > 0) it.deliver(0)
  it.work(0, true)
  it.deliver(0)
  const [, first, second] = [...it.given.keys()]
  it.dispatch({ kind: 'drain', ms: 5000 })
  while (it.pending.length > 0) it.deliver(0)
  expect(it.given.get(second as AttemptId)?.returned).toBe(1)
  it.now += 4999
  it.dispatch({ kind: 'tick' })
  expect(it.killed.size).toBe(0)
  it.now += 1
  it.dispatch({ kind: 'tick' })
  expect([...it.killed]).toEqual([first])
})

test('asked to stop a second time, it waits for no job', () => {
  const it = node()
  it.giveBuild(uid, false)
  settle(it)
  it.giveJob(uid)
  while (it.pending.length > 0) it.deliver(0)
  const graces: number[] = []
  for (let asked = 0; asked < 2; asked++) {
    for (const effect of step(it.state, { kind: 'stop' }, it.now)) if (effect.kind === 'kill') graces.push(effect.grace)
  }
  expect(graces).toEqual([10, 0])
})
