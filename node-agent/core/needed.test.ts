import { expect, test } from 'vitest'
import type { JobsetUid } from '../../shared/model/ids.ts'
import { evict, neededFiles, neededJobsets } from './needed.ts'
import { commonPlace } from './place.ts'
import { type Effects, newAttempt } from './state.ts'
import { SimulatedNode } from './test-support-node.ts'

const uid = 'u' as JobsetUid
const other = 'v' as JobsetUid

/** Two jobsets built, with nothing left to do. */
function built(): SimulatedNode {
  const it = new SimulatedNode()
  for (const each of [uid, other]) {
    it.giveBuild(each, true)
    it.settle()
  }
  expect([...it.state.builds.values()].map(({ kind }) => kind)).toEqual(['built', 'built'])
  return it
}

test('a build that nothing needs is forgotten with its workspace, one with a job here stays', () => {
  const it = built()
  it.giveJob(uid)
  expect([...neededJobsets(it.state)]).toEqual([uid])
  const effects: Effects = []
  evict(it.state, [uid, other], effects)
  expect(effects).toEqual([{ kind: 'remove_workspace', place: other }])
  expect([...it.state.builds.keys()]).toEqual([uid])
  it.giveJob(other)
  expect([...it.given.values()].at(-1)?.returned).toBe(1)
})

test('the script, the own files and those of the jobset are needed; what an adopted attempt needs is not known', () => {
  const it = built()
  expect(neededFiles(it.state)).toEqual([])
  it.giveJob(uid)
  // the build's script and the job's own
  expect(neededFiles(it.state)).toHaveLength(2)
  const id = it.newId()
  it.state.attempts.set(id, newAttempt({ kind: 'adopted', id, uid, build: false, slot: 0 }, commonPlace(uid), 0))
  expect(neededFiles(it.state)).toBeNull()
})
