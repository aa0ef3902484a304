// All that the agent's core knows. Only core functions change it; adapters read the attempts that effects name.
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import type { Effect } from './effect.ts'
import type { Attempt, BuildState, JobsetInfo, Work } from './work.ts'

export interface State {
  /** a session stands: what is reported now reaches the head; otherwise it waits for the next inventory */
  online: boolean
  /** the keeper of slot 0 answered its inventory and takes orders */
  keeperReady: boolean
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
  readonly builds: Map<JobsetUid, BuildState>
  /** builds that came to an end while this event is handled; settled (build.ts) before the next one */
  readonly endedBuilds: { readonly uid: JobsetUid; readonly id: AttemptId; readonly good: boolean }[]
  readonly attempts: Map<AttemptId, Attempt>
}

/** The core's answer is a list that grows while an event is handled. */
export type Effects = Effect[]

/** `built`: jobsets whose build an earlier agent left here, whole. */
export function newState(options: { readonly once: boolean; readonly built: ReadonlyMap<JobsetUid, AttemptId> }): State {
  return {
    online: false,
    keeperReady: false,
    stopping: null,
    draining: null,
    once: options.once,
    idle: false,
    ended: false,
    syncing: null,
    jobsets: new Map(),
    builds: new Map([...options.built].map(([uid, id]) => [uid, { kind: 'built', id }])),
    endedBuilds: [],
    attempts: new Map(),
  }
}

/** The agent is about to leave: nothing new starts. */
export function leaving(state: State): boolean {
  return state.stopping !== null || state.draining !== null
}

/** `now`: monotonic ms at which the head gave it. */
export function newAttempt(work: Work, now: number): Attempt {
  return { work, takenAt: now, phase: { kind: 'staging' }, order: null, condemned: false, killed: null, folder: false }
}
