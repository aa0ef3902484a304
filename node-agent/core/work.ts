// The nouns of the agent's core: what the head gave (jobsets, builds, jobs) and where each attempt stands.
//
//   staging -> ready -> given -> running -> closing -> keeping -> finished -> (forgotten)
//
// staging: inputs are fetched and prepared (a build also waits here for the end of an older one); ready: waits for its
// build, or for the keeper to come back; given: in the keeper's queue; running: the keeper said so; closing: it ended,
// its result is being gathered; keeping: a good build is being written down; finished: waits for the head's verdict.
// Steps are left out where there is nothing to do, and what could not be staged is finished at once. An attempt leaves
// only by a verdict, or returned before it ran.
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import type { InputFile, Source } from '../../shared/model/jobset.ts'
import type { SaveRules } from '../../shared/model/options.ts'
import type { Outcome, Usage } from '../../shared/model/outcome.ts'
import type { TrialJob, TrialResult, TrialRules } from '../../shared/model/trial.ts'

/** A jobset as the head describes it, once a session. */
export interface JobsetInfo {
  readonly uid: JobsetUid
  readonly namespace: string
  readonly batchName: string
  /** a Kind, or one that a newer head knows (argv.ts refuses it) */
  readonly kind: string
  /** python: null = nothing to build */
  readonly buildFile: InputFile | null
  /** shell: null = nothing to build */
  readonly buildCommand: string | null
  /** apptainer: the image */
  readonly sif: InputFile | null
  /** apptainer: paths in the container that a folder is bound to */
  readonly mounts: readonly string[]
  /** fetched into the workspace before the build */
  readonly source: Source | null
  readonly files: readonly InputFile[]
  /** some of its jobs take less than the whole node: they run beside each other, each slot in a place or view of its own */
  readonly packed: boolean
  /** other jobsets may use its build, and it theirs */
  readonly share: boolean
  /** a search: what all its trials have in common */
  readonly trialRules: TrialRules | null
}

/** A build would run no process: laying the workspace out is all of it. */
export function nothingToBuild(jobset: JobsetInfo): boolean {
  return jobset.buildFile === null && jobset.buildCommand === null && jobset.source === null
}

/** A folder ws/<place> with a build of its own (place.ts). */
export type Place = string & { readonly place: unique symbol }

/** What the head wants done under one attempt id. */
export type Work =
  | {
      readonly kind: 'build'
      readonly id: AttemptId
      readonly uid: JobsetUid
      readonly cores: number
      /** the slot in which it runs; with own builds also the one it is for */
      readonly slot: number
      /** no other jobset's build is good enough */
      readonly rebuild: boolean
    }
  | {
      readonly kind: 'job'
      readonly id: AttemptId
      readonly uid: JobsetUid
      readonly cores: number
      /** runs there after what the slot was given before */
      readonly slot: number
      readonly jobName: string
      readonly number: number
      /** python */
      readonly script: InputFile | null
      /** a command for the shell, which a trial of every kind may have */
      readonly run: string | null
      readonly files: readonly InputFile[]
      /** after the core count */
      readonly args: readonly string[]
      readonly env: Readonly<Record<string, string>>
      /** seconds from its start */
      readonly timeLimit: number | null
      /** JSON object for input/params.json */
      readonly params: string | null
      readonly nice: number
      /** null = all of distribute_save is shipped */
      readonly save: SaveRules | null
      /** bytes granted; null = the node's */
      readonly memory: number | null
      /** indexes granted */
      readonly gpus: readonly number[]
      /** a job of a search */
      readonly trial: TrialJob | null
    }
  /** taken over from an agent that died: the keeper has all that is needed */
  | { readonly kind: 'adopted'; readonly id: AttemptId; readonly uid: JobsetUid; readonly build: boolean; readonly slot: number }

/** A keeper's exit report; `status` is the raw wait status. */
export interface Exit {
  readonly status: number
  readonly why: string | null
  /** the kernel killed in it because its memory limit was reached */
  readonly outOfMemory: boolean
  readonly usage: Usage
  /** captured output while it stayed small; null = in the attempt's folder */
  readonly output: Uint8Array | null
  /** saved files while they stayed small; null = in the attempt's folder */
  readonly files: readonly SavedFile[] | null
  /** empty folders among small files */
  readonly folders: readonly string[]
  /** what a person should be told */
  readonly notices: readonly string[]
}

export interface SavedFile {
  readonly path: string
  readonly mode: number
  readonly data: Uint8Array
}

/** What an attempt left: inside the message, or `large`: in its folder, to be shipped over HTTP. */
export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'small'; readonly output: Uint8Array; readonly files: readonly SavedFile[]; readonly folders: readonly string[] }
  | { readonly kind: 'large' }

/** What was gathered of an attempt. `problem`: a reason for which it has not succeeded, although its process did. */
export interface Left {
  readonly body: Body
  readonly notices: readonly string[]
  readonly problem: string | null
  /** how a trial ended; null for other jobs */
  readonly trial: TrialResult | null
}

export interface Result {
  readonly outcome: Outcome
  /** it ran */
  readonly started: boolean
  /** wall ms, 0 when it did not start */
  readonly startedAt: number
  readonly usage: Usage | null
  readonly body: Body
  readonly notices: readonly string[]
  /** null: no trial, or nothing of it was seen here, so that the head judges by the outcome */
  readonly trial: TrialResult | null
}

export type Phase =
  | { readonly kind: 'staging' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'given' }
  | { readonly kind: 'running'; readonly at: number }
  | { readonly kind: 'closing'; readonly exit: Exit; readonly startedAt: number; readonly outcome: Outcome }
  | { readonly kind: 'keeping'; readonly result: Result; readonly exit: Exit | null }
  /** `exit` is kept for a large body: its parcel is made again when the head asks again */
  | {
      readonly kind: 'finished'
      readonly result: Result
      readonly exit: Exit | null
      readonly since: number
      readonly synced: boolean
      /** held: the head has to ask for it; shipping: its bytes are on their way; sent: told in this session */
      readonly delivery: 'held' | 'shipping' | 'sent'
    }

export interface Attempt {
  readonly work: Work
  /** whose build it needs or makes */
  readonly place: Place
  /** monotonic ms */
  readonly takenAt: number
  phase: Phase
  /** an order of the head that still has to be answered with `stopped` */
  order: 'drop' | 'stop' | null
  /** the head forgot it while it was still in the keeper: nothing is reported, it is dropped when it ends */
  condemned: boolean
  /** its end was asked for: `cancel` by an order or verdict of the head, `kill` because the agent ends */
  killed: 'cancel' | 'kill' | null
  /** attempts/<id> exists */
  folder: boolean
}

/** State of a place's build; none = not in the map. */
export type BuildState = { readonly kind: 'building'; readonly id: AttemptId } | { readonly kind: 'built'; readonly id: AttemptId }

export function isBuild(attempt: Attempt): boolean {
  return attempt.work.kind === 'build' || (attempt.work.kind === 'adopted' && attempt.work.build)
}
