// All that the agent's core knows. Only core functions change it; adapters read the attempts that effects name.
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import type { Effect } from './effect.ts'
import type { Attempt, BuildState, JobsetInfo, Place, Work } from './work.ts'

export interface State {
  /** a session stands: what is reported now reaches the head; otherwise it waits for the next inventory */
  online: boolean
  /** jobs that run at once: the head names slots below it */
  slots: number
  /** slots whose keeper answered its inventory and takes orders */
  readonly ready: Set<number>
  /** there are no views here: each slot of a packed jobset builds for itself */
  readonly ownBuilds: boolean
  /**
   * The agent was asked to end. Monotonic ms: `latest`, when it leaves whatever happens; `patience`, until when
   * finished results wait for their verdicts, null while jobs are still being ended.
   */
  stopping: { readonly latest: number; readonly patience: number | null } | null
  /** The agent finishes what runs and takes nothing new; it stops at `until` (monotonic ms, null = never) or when all is told. */
  draining: { readonly until: number | null } | null
  /** leave when the head has nothing for this node */
  readonly once: boolean
  /** the head said that it has nothing, after the last work it gave */
  idle: boolean
  /** `done` was said; nothing follows */
  ended: boolean
  /** when the sync was asked that has not been answered yet */
  syncing: number | null
  readonly jobsets: Map<JobsetUid, JobsetInfo>
  readonly builds: Map<Place, BuildState>
  /** builds that came to an end while this event is handled; settled (build.ts) before the next one */
  readonly endedBuilds: { readonly place: Place; readonly id: AttemptId; readonly good: boolean }[]
  readonly attempts: Map<AttemptId, Attempt>
  /** those that no keeper has yet, in the order given; what went on meanwhile is taken out by give.ts */
  readonly waiting: Set<Attempt>
}

/** The core's answer is a list that grows while an event is handled. */
export type Effects = Effect[]

export interface StateOptions {
  readonly once: boolean
  readonly slots: number
  readonly ownBuilds: boolean
  /** what an earlier agent built here and left whole */
  readonly built: ReadonlyMap<Place, AttemptId>
}

export function newState(options: StateOptions): State {
  return {
    online: false,
    slots: options.slots,
    ready: new Set(),
    ownBuilds: options.ownBuilds,
    stopping: null,
    draining: null,
    once: options.once,
    idle: false,
    ended: false,
    syncing: null,
    jobsets: new Map(),
    builds: new Map([...options.built].map(([place, id]) => [place, { kind: 'built', id }])),
    endedBuilds: [],
    attempts: new Map(),
    waiting: new Set(),
  }
}

/** The agent is about to leave: nothing new starts. */
export function leaving(state: State): boolean {
  return state.stopping !== null || state.draining !== null
}

/** `now`: monotonic ms at which the head gave it. */
export function newAttempt(work: Work, place: Place, now: number): Attempt {
  return { work, place, takenAt: now, phase: { kind: 'staging' }, order: null, condemned: false, killed: null, folder: false }
}

/** The head gave it. */
export function take(state: State, attempt: Attempt): void {
  state.attempts.set(attempt.work.id, attempt)
  state.waiting.add(attempt)
}

/** Attempts came back from a keeper: each waits at its old place in the order again. */
export function lineUp(state: State): void {
  state.waiting.clear()
  for (const attempt of state.attempts.values())
    if (attempt.phase.kind === 'staging' || attempt.phase.kind === 'ready') state.waiting.add(attempt)
}
