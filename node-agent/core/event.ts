// Everything that can happen to the agent's core, in the core's own terms (head/from-wire.ts and
// loop/from-keeper.ts convert).
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import type { Exit, JobsetInfo, Left, Place, Work } from './work.ts'

export type VerdictKind = 'keep' | 'stop' | 'send' | 'forget'

export interface HeadWork {
  readonly jobsets: readonly JobsetInfo[]
  readonly builds: readonly Extract<Work, { kind: 'build' }>[]
  readonly jobs: readonly Extract<Work, { kind: 'job' }>[]
  readonly verdicts: readonly { readonly id: AttemptId; readonly kind: VerdictKind }[]
  readonly orders: readonly { readonly id: AttemptId; readonly kind: 'drop' | 'stop' }[]
  /** the head has nothing for this node, now */
  readonly idle: boolean
}

/** What a slot's keeper holds, and what its journal tells about attempts that are not forgotten. */
export interface Inventory {
  readonly running: (HeldAttempt & { readonly at: number; readonly moved: boolean }) | null
  readonly queue: readonly HeldAttempt[]
  readonly ended: readonly EndedAttempt[]
}

/** `uid` is empty where nobody wrote it down (a job that waits in the keeper). */
export interface HeldAttempt {
  readonly id: AttemptId
  readonly uid: JobsetUid
  /** of a build: what it makes */
  readonly place: Place
  readonly build: boolean
}

export interface EndedAttempt extends HeldAttempt {
  readonly startedAt: number
  /** `exit` when it ran, `failure` when it could not be started; `again`: the trouble was this node's */
  readonly end:
    | { readonly kind: 'exit'; readonly exit: Exit }
    | { readonly kind: 'failure'; readonly reason: string; readonly again: boolean }
}

export type Event =
  // the session
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'head'; readonly work: HeadWork }
  // the keepers
  | { readonly kind: 'started'; readonly id: AttemptId; readonly at: number }
  | { readonly kind: 'moved'; readonly id: AttemptId }
  | { readonly kind: 'exited'; readonly id: AttemptId; readonly exit: Exit; readonly startedAt: number }
  | { readonly kind: 'unstartable'; readonly id: AttemptId; readonly reason: string; readonly again: boolean }
  | { readonly kind: 'dropped'; readonly id: AttemptId }
  | { readonly kind: 'keeper_gone'; readonly slot: number }
  | { readonly kind: 'inventory'; readonly slot: number; readonly inventory: Inventory }
  // our own adapters
  /** `lent`: another jobset's build is used, which printed this; nothing has to run */
  | { readonly kind: 'staged'; readonly id: AttemptId; readonly folder: boolean; readonly lent?: Uint8Array }
  /** `again`: not the attempt's fault, it goes back to the head */
  | { readonly kind: 'stage_failed'; readonly id: AttemptId; readonly reason: string; readonly again: boolean }
  | { readonly kind: 'kept'; readonly id: AttemptId }
  | { readonly kind: 'keep_failed'; readonly id: AttemptId; readonly reason: string }
  | { readonly kind: 'collected'; readonly id: AttemptId; readonly left: Left }
  | { readonly kind: 'shipped'; readonly id: AttemptId }
  | { readonly kind: 'ship_paused'; readonly id: AttemptId }
  | { readonly kind: 'ship_refused'; readonly id: AttemptId; readonly reason: string }
  /** these builds take too much room; those that are needed after all stay */
  | { readonly kind: 'evict'; readonly uids: readonly JobsetUid[] }
  /** how many jobs run here at once, from now on */
  | { readonly kind: 'slots'; readonly slots: number }
  | { readonly kind: 'synced'; readonly ok: boolean }
  | { readonly kind: 'tick' }
  /** `ms`: how long what runs may take, null = as long as it needs */
  | { readonly kind: 'drain'; readonly ms: number | null }
  /** said again: without waiting for the jobs */
  | { readonly kind: 'stop' }
