// What the core asks of the adapters, in order. The loop carries them out; none of them answers directly,
// answers come back as events.
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import type { Attempt, Exit, Place, Result } from './work.ts'

export type Effect =
  // to the head; dropped by the adapter when the session ended meanwhile (the next inventory tells)
  | { readonly kind: 'tell_started'; readonly id: AttemptId; readonly at: number }
  | { readonly kind: 'tell_finished'; readonly id: AttemptId; readonly build: boolean; readonly result: Result }
  /** `at`: wall ms, null = now */
  | { readonly kind: 'tell_build'; readonly id: AttemptId; readonly at: number | null; readonly reused: boolean }
  | { readonly kind: 'tell_returned'; readonly id: AttemptId; readonly reason: string }
  | { readonly kind: 'tell_stopped'; readonly id: AttemptId }
  /** the disk refused something: no new work until it was looked at again */
  | { readonly kind: 'disk_full' }
  // inputs and workspace: `stage` answers staged or stage_failed; `unstage` aborts it and removes what it made
  | { readonly kind: 'stage'; readonly attempt: Attempt }
  | { readonly kind: 'unstage'; readonly id: AttemptId }
  /** after a good build: take build.py away, write down that it is built; answers kept or keep_failed */
  | { readonly kind: 'keep_build'; readonly id: AttemptId; readonly uid: JobsetUid; readonly place: Place }
  | { readonly kind: 'remove_workspace'; readonly place: Place }
  // to the attempt's keeper
  | { readonly kind: 'run'; readonly attempt: Attempt }
  | { readonly kind: 'drop'; readonly id: AttemptId; readonly slot: number }
  | { readonly kind: 'kill'; readonly id: AttemptId; readonly slot: number; readonly grace: number; readonly why: 'cancel' | 'kill' }
  /** final: out of the journal, and attempts/<id> is removed when `folder`; `slot` null = whichever has it */
  | { readonly kind: 'forget'; readonly id: AttemptId; readonly slot: number | null; readonly folder: boolean }
  /** one syncfs of the work folder; answers synced */
  | { readonly kind: 'sync' }
  // results: `collect` answers collected; `ship` answers shipped, ship_paused or ship_refused
  | { readonly kind: 'collect'; readonly id: AttemptId; readonly exit: Exit }
  | { readonly kind: 'ship'; readonly id: AttemptId; readonly exit: Exit }
  // live output, read from the attempt's own folder
  | { readonly kind: 'follow'; readonly id: AttemptId }
  | { readonly kind: 'unfollow'; readonly id: AttemptId }
  /** nothing is left to do here: say goodbye and leave; the launcher is ended */
  | { readonly kind: 'done'; readonly reason: string }
