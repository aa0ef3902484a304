// All state that the head keeps in memory: connected and known nodes, jobsets with open work, attempts that a node holds.
// Everything here can be rebuilt from the store; waiting jobs stay there, only the heads of the ready queues are kept.
import type { AttemptId, JobId, JobsetId, JobsetUid, NodeId } from '../../shared/model/ids.ts'
import type { JobCounts, JobState } from '../../shared/model/job.ts'
import type { JobsetSpec } from '../../shared/model/jobset.ts'
import type { Demand, Grant } from '../../shared/model/resources.ts'
import type { Builds } from './builds.ts'
import type { ReadyJobs } from './ready-jobs.ts'

/** Of a jobset whose jobs are made by a search. */
export interface SearchStand {
  /** it may still make jobs: its jobset does not end */
  readonly open: boolean
  /** its jobset ends well, whatever became of single trials */
  readonly good: boolean
  /** trials that it would have without a stop: what a share of failed jobs is a share of */
  readonly planned: number
  /** why it was stopped; null else */
  readonly reason: string | null
}

export interface JobsetFacts {
  readonly id: JobsetId
  readonly uid: JobsetUid
  readonly namespace: string
  readonly batch: string
  readonly capabilities: readonly string[]
  /** what its jobs ask for: a class each, the jobset's own first */
  readonly demands: readonly Demand[]
  /** some class takes less than a whole node */
  readonly packed: boolean
  /** it has something to build: on a node without views of a build every slot builds */
  readonly hasBuild: boolean
  readonly priority: number
  /** who submitted it */
  readonly owner: string
  readonly submittedAt: number
  readonly cancelled: boolean
  /** a person holds it: it gets no nodes until it is released */
  readonly held: boolean
  /** why its jobs are being failed (no node can build it); null else */
  readonly failing: string | null
  readonly maxConcurrent: number | null
  /** failed jobs after which the rest is stopped */
  readonly maxFails: JobsetSpec['maxFails']
  /** ms of a node's silence after which its attempts are lost; null = the head's limit */
  readonly lostAfter: number | null
  /** as the rows have it; null = it has none */
  readonly search: SearchStand | null
}

/** A job that is tried again: not before `due`, on another node than `avoid` if there is one. */
export interface Delayed {
  readonly job: JobId
  readonly demand: number
  /** monotonic ms */
  readonly due: number
}

export interface JobsetState {
  /** replaced when its priority changes */
  facts: JobsetFacts
  readonly counts: Record<JobState, number>
  readonly ready: ReadyJobs
  cancelled: boolean
  held: boolean
  /** jobs asked of the store and not answered yet */
  claiming: number
  readonly delayed: Delayed[]
  /** nodes that come last for a job, because its attempt failed there */
  readonly avoid: Map<JobId, NodeId>
  /** attempts of it that a node holds */
  live: number
  /** moving average of run times, seconds; null until one job ended */
  recentSeconds: number | null
  /** set while the order to end it is on its way */
  ending: boolean
  /** set while its jobs are being failed because no node can build it */
  failing: string | null
  search: SearchStand | null
}

/** A build on a node: asked of the store, running there, usable, or failed. */
export interface BuildState {
  kind: 'ordered' | 'building' | 'ready' | 'failed'
  readonly id: AttemptId | null
  /** its share of the node while it is ordered or building */
  readonly grant?: Grant
}

/**
 * A slot of a node at work. The jobs that it was given run one after the other, all of one jobset and class, in the share
 * that was granted when the first came; when the last is done the share is free again. Derived, see lanes.ts.
 */
export interface Lane {
  readonly grant: Grant
  readonly jobset: JobsetId
  /** class of its jobs; null = a build */
  readonly demand: number | null
  /** jobs that the slot has, asked for or given */
  held: number
}

/** A job asked of the store for a node and not answered yet. */
export interface ClaimItem {
  readonly job: JobId
  readonly jobset: JobsetId
  readonly demand: number
  readonly node: NodeId
  readonly grant: Grant
}

export interface NodeFacts {
  readonly id: NodeId
  readonly name: string
  readonly capabilities: readonly string[]
  readonly cores: number
  readonly memory: number
  /** most jobs at once */
  readonly slots: number
  /** granted by index */
  readonly gpus: number
  /** bytes that jobs may ask for */
  readonly disk: number
  /** no views of a build there: every slot builds for itself */
  readonly ownBuilds: boolean
  readonly diskLow: boolean
  readonly once: boolean
  /** about to leave: takes no new work */
  readonly draining: boolean
}

/**
 * `connected` (session open, inventory settled) -> `silent` (no session) -> `unreachable` (30 s of silence, shown) -> its
 * attempts are lost after `lostAfter`, and it is `offline`.
 */
export interface NodeState {
  facts: NodeFacts
  link: 'connected' | 'silent' | 'unreachable' | 'offline'
  /** the session that may speak for it; 0 = none */
  session: number
  /** monotonic ms of the last frame, or of the head's start */
  lastHeard: number
  readonly builds: Builds
  readonly attempts: Set<AttemptId>
  /** jobset it worked for last: goes on with it while that has work */
  affinity: JobsetId | null
  /** jobs asked of the store for it and not answered yet */
  claims: readonly ClaimItem[]
  /** cached by lanes.ts, null = to be made anew */
  lanes: Map<number, Lane> | null
  /** a class of jobs for which room is being kept here (reserve.ts) */
  reserved: Reservation | null
  /** jobs given to it and time passed (monotonic ms of the begin) since others of equal priority wait for it; null = none do */
  othersWait: { readonly since: number; jobs: number } | null
  toldIdle: boolean
  /** a person wants it left alone: it gets no new work. `until`: monotonic ms; null = until somebody resumes it */
  paused: { readonly until: number | null } | null
  /** attempts and builds given up as lost in its silence: until it speaks again they may still run there; of which jobset */
  readonly givenUp: Map<AttemptId, JobsetId>
}

/** Room on a node for the class of jobs that comes next and does not fit yet. */
export interface Reservation {
  /** the same for the same class of the same jobset */
  readonly key: string
  readonly jobset: JobsetId
  readonly demand: Demand
  /** what there was too little of when room was kept */
  readonly waitsFor: {
    readonly slots: boolean
    readonly cores: boolean
    readonly memory: boolean
    readonly disk: boolean
    readonly gpus: boolean
  }
}

export interface AttemptState {
  readonly id: AttemptId
  readonly job: JobId
  readonly jobset: JobsetId
  readonly node: NodeId
  /** class of its demand */
  readonly demand: number
  readonly grant: Grant
  kind: 'claimed' | 'running' | 'finishing'
  /** an order to stop it is out */
  stopping: boolean
  /** its node was asked to give it back if it has not started, because another node is idle */
  takingBack: boolean
}

export interface CoreLimits {
  /** ms of silence after which a node is shown as unreachable and gets nothing new */
  readonly unreachableAfter: number
  /** ms of silence after which its attempts are lost */
  readonly lostAfter: number
  /** jobs held per slot beside the running one, at most */
  readonly maxAhead: number
  /** seconds of work given ahead per slot */
  readonly aheadSeconds: number
  /** the same where run times are unknown or long */
  readonly minAhead: number
  /** jobs held by a node, at most, beside one for each slot */
  readonly maxHeld: number
  /** a node stays with its jobset while others of equal priority wait for at most so many ms, or jobs */
  readonly affinityMs: number
  readonly affinityJobs: number
}

export const defaultLimits: CoreLimits = {
  unreachableAfter: 30_000,
  lostAfter: 300_000,
  maxAhead: 31,
  aheadSeconds: 1,
  minAhead: 1,
  maxHeld: 512,
  affinityMs: 600_000,
  affinityJobs: 100,
}

export interface Core {
  readonly limits: CoreLimits
  readonly jobsets: Map<JobsetId, JobsetState>
  readonly nodes: Map<NodeId, NodeState>
  readonly attempts: Map<AttemptId, AttemptState>
  /** the same by job; more than one only after a lost node came back */
  readonly byJob: Map<JobId, AttemptId[]>
  /** decayed core-seconds by submitter, as of `at` (monotonic ms) */
  readonly used: Map<string, { readonly coreSeconds: number; readonly at: number }>
  /** monotonic ms of the last tick, to notice ticks that come late */
  lastTick: number
  /** the head's own disk is almost full: nothing new is given out, what runs may end */
  diskLow: boolean
}

export function newCore(now: number, limits: CoreLimits = defaultLimits): Core {
  return {
    limits,
    jobsets: new Map(),
    nodes: new Map(),
    attempts: new Map(),
    byJob: new Map(),
    used: new Map(),
    lastTick: now,
    diskLow: false,
  }
}

/** Jobs of a jobset that are not final. */
export function openJobs(counts: JobCounts): number {
  return counts.waiting + counts.ready + counts.claimed + counts.running
}
