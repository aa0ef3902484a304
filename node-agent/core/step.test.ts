import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import { step } from './step.ts'
import { SimulatedNode } from './test-support-node.ts'

const uid = 'u' as JobsetUid

/** Nodes of one slot, of two that share builds, and of two that build for themselves. */
const anyNode = fc.constantFrom([1, false], [2, false], [2, true] as const).map(([slots, ownBuilds]) => () => {
  const it = new SimulatedNode(slots, ownBuilds)
  for (let slot = 0; slot < (ownBuilds ? slots : 1); slot++) it.giveBuild(uid, true, slot)
  return it
})

const slot = fc.nat(1)
const anyAction = fc.oneof(
  fc.record({ do: fc.constantFrom('build', 'job', 'job', 'die', 'revive' as const), slot }),
  fc.record({ do: fc.constantFrom('open', 'close', 'verdict', 'restart', 'tick' as const) }),
  fc.record({ do: fc.constant('deliver' as const), index: fc.nat(20) }),
  fc.record({ do: fc.constant('work' as const), status: fc.constantFrom(0, 0, 256), large: fc.boolean(), slot }),
  fc.record({ do: fc.constantFrom('stop', 'drop' as const), which: fc.nat(30) }),
)

function act(
  it: SimulatedNode,
  action: { do: string; index?: number; status?: number; large?: boolean; which?: number; slot?: number },
  stopping: boolean,
): void {
  const ids = [...it.given.keys()]
  const at = (action.slot ?? 0) % it.slots
  switch (action.do) {
    case 'build':
      it.giveBuild(uid, ids.length % 3 !== 0, at)
      break
    case 'job':
      it.giveJob(uid, at)
      break
    case 'deliver':
      it.deliver(action.index ?? 0)
      break
    case 'work':
      it.work(action.status ?? 0, action.large ?? false, at)
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
      if (!stopping) it.die(at)
      break
    case 'restart':
      if (!stopping) it.restart()
      break
    case 'revive':
      it.revive(at)
  }
}

/** Nothing is in two keepers, and what a keeper has the core knows, of that slot. */
function checkInvariants(it: SimulatedNode): void {
  const ids = it.keepers.held()
  expect(new Set(ids).size).toBe(ids.length)
  for (let number = 0; number < it.slots; number++) {
    for (const id of it.keepers.held(number)) {
      const attempt = it.state.attempts.get(id)
      expect(attempt?.work.slot).toBe(number)
      expect(['given', 'running']).toContain(attempt?.phase.kind)
    }
  }
  for (const [id, given] of it.given) {
    expect(given.finished.length > 0 && given.returned > 0 && !given.forgotten, `${id} finished and returned`).toBe(false)
  }
}

test('whatever happens, every attempt ends once: as one result, or back at the head; and every order is answered', () => {
  fc.assert(
    fc.property(anyNode, fc.array(anyAction, { maxLength: 80 }), (node, actions) => {
      const it = node()
      for (const action of actions) {
        act(it, action, false)
        checkInvariants(it)
      }
      it.settle()
      expect(it.state.attempts.size).toBe(0)
      for (const [id, given] of it.given) {
        expect(given.finished.length > 0 || given.returned > 0 || given.forgotten, `${id} vanished`).toBe(true)
        expect(new Set(given.finished).size, `${id} told differently`).toBeLessThanOrEqual(1)
        expect(given.stops, `an order about ${id} was not answered`).toBe(0)
      }
      expect(it.keepers.journals.map((journal) => journal.size)).toEqual(it.keepers.journals.map(() => 0))
    }),
    { numRuns: 3000 },
  )
})

test('a stopping agent hands back what did not finish, and leaves', () => {
  fc.assert(
    fc.property(anyNode, fc.array(anyAction, { maxLength: 40 }), fc.array(anyAction, { maxLength: 10 }), (node, before, after) => {
      const it = node()
      for (const action of before) act(it, action, false)
      it.open()
      it.dispatch({ kind: 'stop' })
      for (const action of after) {
        act(it, action, true)
        checkInvariants(it)
      }
      it.settle()
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
    fc.property(anyNode, fc.array(anyAction, { maxLength: 40 }), fc.array(anyAction, { maxLength: 10 }), (node, before, after) => {
      const it = node()
      for (const action of before) act(it, action, false)
      it.open()
      const { running } = it.keepers
      const killed = new Set(it.killed)
      it.dispatch({ kind: 'drain', ms: null })
      for (const action of after) {
        act(it, action, true)
        checkInvariants(it)
      }
      it.settle()
      expect(it.ended).toBe(true)
      const stopped = [...it.killed].filter((id) => !killed.has(id))
      expect(stopped.filter((id) => running.includes(id) && (it.given.get(id)?.stops ?? 0) === 0 && !it.stopOrders.has(id))).toEqual([])
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
  const it = new SimulatedNode()
  it.giveBuild(uid, false)
  it.settle()
  it.giveJob(uid)
  it.giveJob(uid)
  it.deliverAll()
  it.work(0, true)
  it.deliver(0)
  const [, first, second] = [...it.given.keys()]
  it.dispatch({ kind: 'drain', ms: 5000 })
  it.deliverAll()
  expect(it.given.get(second as AttemptId)?.returned).toBe(1)
  it.now += 4999
  it.dispatch({ kind: 'tick' })
  expect(it.killed.size).toBe(0)
  it.now += 1
  it.dispatch({ kind: 'tick' })
  expect([...it.killed]).toEqual([first])
})

test('what its keeper could not stage on a full disk goes back, after the head heard that the disk is full; other failures are results', () => {
  const it = new SimulatedNode()
  it.giveBuild(uid, false)
  it.settle()
  for (const again of [true, false]) {
    it.giveJob(uid)
    it.deliverAll()
    const id = [...it.given.keys()].at(-1) as AttemptId
    const effects = step(it.state, { kind: 'unstartable', id, reason: 'no space left on device', again }, it.now)
    const told = effects.filter(({ kind }) => kind === 'disk_full' || kind === 'tell_returned' || kind === 'tell_finished')
    expect(told.map(({ kind }) => kind)).toEqual(again ? ['disk_full', 'tell_returned'] : ['tell_finished'])
  }
})

test('what was prepared in a folder of its own is prepared anew for the next keeper: the dead one may have moved it', () => {
  for (const folder of [true, false]) {
    const it = new SimulatedNode()
    it.giveBuild(uid, false)
    it.settle()
    const id = it.giveJob(uid)
    it.pending.length = 0
    it.dispatch({ kind: 'staged', id, folder })
    expect(it.state.attempts.get(id)?.phase.kind).toBe('given')
    it.dispatch({ kind: 'keeper_gone', slot: 0 })
    const effects = step(it.state, { kind: 'inventory', slot: 0, inventory: { running: null, queue: [], ended: [] } }, it.now)
    const done = effects.flatMap((effect) => (effect.kind === 'stage' || effect.kind === 'run' ? [effect.kind] : []))
    expect(done).toEqual(folder ? ['stage'] : ['run'])
  }
})

test('asked to stop a second time, it waits for no job', () => {
  const it = new SimulatedNode()
  it.giveBuild(uid, false)
  it.settle()
  it.giveJob(uid)
  it.deliverAll()
  const graces: number[] = []
  for (let asked = 0; asked < 2; asked++) {
    for (const effect of step(it.state, { kind: 'stop' }, it.now)) if (effect.kind === 'kill') graces.push(effect.grace)
  }
  expect(graces).toEqual([10, 0])
})
