// Trials that wait when their keeper, and maybe the launcher with it, goes away.
import { expect, test } from 'vitest'
import type { JobsetUid } from '../../shared/model/ids.ts'
import type { TrialJob } from '../../shared/model/trial.ts'
import { step } from './step.ts'
import { emptyJob, SimulatedNode } from './test-support-node.ts'

const uid = 'u' as JobsetUid
const trial: TrialJob = { number: 0, label: 'search_00000', params: [] }

test('a trial that is ready is staged again when the keeper is gone, a plain job is not; once it is, it is given', () => {
  const node = new SimulatedNode()
  node.giveBuild(uid, true)
  node.settle()
  node.die()
  const [plain, waiting] = [node.newId(), node.newId()]
  node.head({ jobs: [plain, waiting].map((id) => ({ ...emptyJob, id, uid, slot: 0, trial: id === waiting ? trial : null })) })
  node.deliverAll()
  const effects = step(node.state, { kind: 'keeper_gone', slot: 0 }, 0)
  expect(effects.map((effect) => [effect.kind, effect.kind === 'stage' && effect.attempt.work.id])).toEqual([['stage', waiting]])
  node.revive()
  expect(node.keepers.held()).toEqual([plain])
  node.dispatch({ kind: 'staged', id: waiting, folder: true })
  expect(node.keepers.held()).toEqual([plain, waiting])
})

test('what a trial left is always looked at, however small', () => {
  const node = new SimulatedNode()
  node.giveBuild(uid, true)
  node.settle()
  const id = node.newId()
  node.head({ jobs: [{ ...emptyJob, id, uid, slot: 0, trial }] })
  node.deliverAll()
  node.work(0, false)
  node.work(0, false)
  node.deliver(0)
  expect(node.pending.map((event) => event.kind)).toContain('collected')
})
