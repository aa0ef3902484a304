// All state that the head keeps in memory: connected and known nodes, jobsets with open work, attempts that a node holds.
// Everything here can be rebuilt from the store; waiting jobs stay there, only the heads of the ready queues are kept.
import type { AttemptId, JobId, JobsetId, JobsetUid, NodeId } from '../../shared/model/ids.ts'
import type { JobCounts, JobState } from '../../shared/model/job.ts'
import type { Demand } from '../../shared/model/resources.ts'
import type { ReadyQueue } from './ready-queue.ts'

export interface JobsetFacts {
  readonly id: JobsetId
  readonly uid: JobsetUid
  readonly namespace: string
  readonly batch: string
  readonly capabilities: readonly string[]
  readonly demand: Demand
  readonly priority: number
  /** who submitted it */
  readonly owner: string
  readonly submittedAt: number
  readonly cancelled: boolean
  /** why its jobs are being failed (no node can build it); null else */
  readonly failing: string | null
  readonly maxConcurrent: number | null
  /** failed jobs after which the rest is stopped */
  readonly maxFails: number | null
  /** ms of a node's silence after which its attempts are lost; null = the head's limit */
  readonly lostAfter: number | null
}

/** A job that is tried again: not before `due`, on another node than `avoid` if there is one. */
export interface Delayed {
  readonly job: JobId
  /** monotonic ms */
  readonly due: number
}

export interface JobsetState {
  readonly facts: JobsetFacts
  readonly counts: Record<JobState, number>
  readonly ready: ReadyQueue
  cancelled: boolean
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
}

/** A build on a node: asked of the store, running there, usable, or failed. */
export interface BuildState {
  kind: 'ordered' | 'building' | 'ready' | 'failed'
  readonly id: AttemptId | null
}

export interface NodeFacts {
  readonly id: NodeId
  readonly name: string
  readonly capabilities: readonly string[]
  readonly cores: number
  readonly memory: number
  readonly slots: number
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
  readonly builds: Map<JobsetId, BuildState>
  readonly attempts: Set<AttemptId>
  /** jobset it worked for last: goes on with it while that has work */
  affinity: JobsetId | null
  /** jobs asked of the store for it and not answered yet */
  claiming: number
  /** jobs given to it and time passed (monotonic ms of the begin) since others of equal priority wait for it; null = none do */
  othersWait: { readonly since: number; jobs: number } | null
  toldIdle: boolean
}

export interface AttemptState {
  readonly id: AttemptId
  readonly job: JobId
  readonly jobset: JobsetId
  readonly node: NodeId
  readonly cores: number
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
