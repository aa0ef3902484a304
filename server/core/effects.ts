// What the core wants done. It never does anything itself: the loop runs these, and their answers come back as calls.
import type { AttemptId, JobId, JobsetId, JobsetUid, NodeId } from '../../shared/model/ids.ts'
import type { JobCounts } from '../../shared/model/job.ts'
import type { JobSpec } from '../../shared/model/jobset.ts'
import type { Grant } from '../../shared/model/resources.ts'
import type { ClaimItem } from './state.ts'

/** What a node is told. The session sends a jobset's definition by itself before the first message that names it. */
export type NodeMessage =
  | {
      readonly kind: 'build'
      readonly build: AttemptId
      readonly jobset: JobsetId
      readonly uid: JobsetUid
      readonly slot: number
      readonly cores: number
    }
  | {
      readonly kind: 'assign'
      readonly attempt: AttemptId
      readonly jobset: JobsetId
      readonly uid: JobsetUid
      readonly spec: JobSpec
      readonly grant: Grant
      readonly number: number
    }
  | {
      readonly kind: 'verdict'
      readonly attempt: AttemptId
      readonly verdict: 'keep' | 'stop' | 'send' | 'forget'
      readonly reason: string
    }
  | { readonly kind: 'order'; readonly attempt: AttemptId; readonly order: 'drop' | 'stop' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'drain'; readonly seconds: number | null }

export interface Effects {
  /** ready -> claimed; the loop makes the attempt ids. Answer: onClaimed. */
  claim(items: readonly ClaimItem[]): void
  /** Answer: onBuildOrdered, with a fresh id. `place`: see builds.ts. */
  orderBuild(node: NodeId, jobset: JobsetId, place: number, grant: Grant): void
  dropBuilds(ids: readonly AttemptId[], reason: string): void
  /** Attempts that are gone. Answer: onJobChanges. */
  lose(attempts: readonly AttemptId[], reason: string): void
  /** Attempts that never started, or were handed back. Answer: onJobChanges. */
  giveBack(items: readonly { readonly attempt: AttemptId; readonly node: NodeId; readonly reason: string }[]): void
  endJobset(jobset: JobsetId, state: 'succeeded' | 'failed' | 'cancelled', reason: string | null, counts: JobCounts): void
  /** Cancels what is left of a jobset that failed too often. Answer: onCancelled. */
  stopJobset(jobset: JobsetId, reason: string): void
  /** Answer: onJobChanges. */
  failJobs(jobset: JobsetId, reason: string): void
  /** Reads ids of ready jobs of a class. Answer: onReadyLoaded. */
  loadReady(jobset: JobsetId, demand: number, after: JobId, limit: number): void
  /** Jobs of a search reached their final states, or all of it was cancelled. */
  trialsEnded(jobset: JobsetId, jobs: readonly JobId[]): void
  nodeGone(node: NodeId, reason: string): void
  send(node: NodeId, message: NodeMessage): void
  /** Ends the node's session. */
  disconnect(node: NodeId, reason: string): void
  /** Something that people look at changed. */
  changed(jobset: JobsetId): void
  /** Asks for one scheduling pass soon; asking twice is asking once. */
  schedule(): void
}
