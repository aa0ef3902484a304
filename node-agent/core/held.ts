// The inventory for Hello: everything that this node has in its hands, and what it has built.
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import type { State } from './state.ts'
import { isBuild, type Phase, type Place } from './work.ts'

export interface HeldItem {
  readonly id: AttemptId
  readonly uid: JobsetUid
  readonly build: boolean
  readonly state: 'ahead' | 'running' | 'finished'
}

export function heldItems(state: State): HeldItem[] {
  return [...state.attempts.values()].map((attempt) => ({
    id: attempt.work.id,
    uid: attempt.work.uid,
    build: isBuild(attempt),
    state: heldState(attempt.phase),
  }))
}

export function builtPlaces(state: State): Place[] {
  return [...state.builds].filter(([, build]) => build.kind === 'built').map(([place]) => place)
}

/** What is being gathered counts as running: there is nothing to send yet. */
function heldState(phase: Phase): HeldItem['state'] {
  switch (phase.kind) {
    case 'staging':
    case 'ready':
    case 'given':
      return 'ahead'
    case 'running':
    case 'closing':
    case 'keeping':
      return 'running'
    case 'finished':
      return 'finished'
  }
}
