import { expect, test } from 'vitest'
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import { commonPlace } from '../core/place.ts'
import { newAttempt, newState } from '../core/state.ts'
import type { Phase } from '../core/work.ts'
import { CpuBinding } from './cpu-binding.ts'

/** Two cores with two threads each. */
const cores = [
  [0, 2],
  [1, 3],
]

function binding(options: { chosen?: boolean; on?: () => boolean } = {}) {
  const state = newState({ once: false, slots: 4, ownBuilds: false, built: new Map() })
  const uid = 'u' as JobsetUid
  return {
    cpus: new CpuBinding(state, cores, options.chosen ?? false, options.on ?? (() => true)),
    busy(slot: number): void {
      const id = String(slot) as AttemptId
      const attempt = newAttempt({ kind: 'adopted', id, uid, build: false, slot }, commonPlace(uid), 0)
      attempt.phase = { kind: 'given' }
      state.attempts.set(id, attempt)
    },
    finished(slot: number): void {
      const attempt = state.attempts.get(String(slot) as AttemptId)
      if (attempt !== undefined) attempt.phase = { kind: 'finished' } as Phase
    },
  }
}

test('slots get CPUs of their own, and keep them', () => {
  const { cpus, busy } = binding()
  busy(0)
  busy(1)
  expect(cpus.take(0, 1)).toEqual([0])
  expect(cpus.take(1, 2)).toEqual([1, 3])
  expect(cpus.take(0, 1)).toEqual([0])
  expect(cpus.take(2, 1)).toEqual([2])
})

test('with more granted than left it is unbound', () => {
  const { cpus, busy } = binding()
  busy(0)
  expect(cpus.take(0, 3)).toHaveLength(3)
  expect(cpus.take(1, 2)).toBeNull()
  expect(cpus.take(1, 1)).toHaveLength(1)
})

test('the CPUs of a slot without attempts go to who needs them', () => {
  const { cpus, busy, finished } = binding()
  busy(0)
  expect(cpus.take(0, 3)).toEqual([0, 1, 2])
  finished(0)
  busy(1)
  expect(cpus.take(1, 3)).toEqual([0, 1, 2])
  expect(cpus.take(0, 3)).toBeNull()
})

test('a job that wants more than the one before gets more beside, one that wants less a part', () => {
  const { cpus, busy } = binding()
  busy(0)
  expect(cpus.take(0, 1)).toEqual([0])
  expect(cpus.take(0, 3)).toEqual([0, 1, 3])
  expect(cpus.take(0, 2)).toEqual([0, 1])
})

test('who gets all is bound only where somebody chose them', () => {
  expect(binding().cpus.take(0, 4)).toBeNull()
  expect(binding({ chosen: true }).cpus.take(0, 4)).toEqual([0, 1, 2, 3])
})

test('what an agent before us bound keeps its CPUs; a job that was not bound takes none', () => {
  const { cpus, busy } = binding()
  busy(0)
  busy(1)
  cpus.found(0, [0, 2])
  cpus.found(1, [0, 1, 2, 3])
  cpus.found(2, null)
  expect(cpus.take(1, 2)).toEqual([1, 3])
})

test('where jobs are not bound, none is', () => {
  let on = false
  const { cpus } = binding({ on: () => on })
  expect(cpus.take(0, 1)).toBeNull()
  on = true
  expect(cpus.take(0, 1)).toEqual([0])
})
