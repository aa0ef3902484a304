// What the HTTP routes need of the running head besides the store: live state and orders. Implemented by loop/.
import type { BuildReply, JobReply, JobsetReply, KillReply, NodeReply } from '../../shared/api/types.ts'
import type { JobsetId } from '../../shared/model/ids.ts'
import type { SubmitCounts } from '../../shared/model/submission.ts'
import type { Imported, ImportedItem } from './imported.ts'

export interface CommitDraft {
  readonly draft: string
  /** null = an administrator */
  readonly by: string | null
  /** random name for the jobset, 16 hex digits; used if this call makes it */
  readonly uid: string
}

export interface HeadFacts {
  /** random id of this head's data folder */
  readonly id: string
  readonly version: string
  /** wall ms */
  readonly startedAt: number
  /** address that agents dial, HOST:PORT */
  readonly grpc: string
  /** address to show to people, http://HOST:PORT */
  readonly url: string
}

export interface JobsetFilter {
  readonly namespace?: string | undefined
  readonly batch?: string | undefined
  /** of the batch also `batch@2` and so on */
  readonly versions?: boolean
}

export interface JobFilter {
  /** index of the last job seen, -1 = from the start */
  readonly after: number
  readonly limit: number
  readonly state?: JobReply['state'] | undefined
  readonly name?: string | undefined
}

export interface HeadPort {
  readonly facts: HeadFacts
  /** newest first; active ones and those finished in the last day unless `all` */
  jobsets(options: { all: boolean; limit: number }): { jobsets: JobsetReply[]; more: boolean }
  /** `not_found` when there is none */
  jobset(id: JobsetId): JobsetReply
  /** newest first */
  findJobsets(filter: JobsetFilter): JobsetReply[]
  jobs(id: JobsetId, filter: JobFilter): { jobs: JobReply[]; more: boolean }
  builds(id: JobsetId): BuildReply[]
  nodes(): NodeReply[]
  /** one sentence when something keeps the head from giving out work; null else */
  notice(): string | null
  /** Resolves when the jobset's revision is above `after`, or after `ms`. */
  waitJobset(id: JobsetId, after: number, ms: number, signal: AbortSignal): Promise<JobsetReply>
  /** Makes a draft a jobset, or its jobs a part of one: durable, and the core knows it. Repeating it answers the same. */
  commitDraft(order: CommitDraft): Promise<{ readonly jobset: JobsetId; readonly counts: SubmitCounts }>
  /** Cancels; durable before the first await returns to the caller, then waits for the nodes up to `ms`. */
  kill(id: JobsetId, jobs: readonly string[] | null, by: string, ms: number, signal: AbortSignal): Promise<KillReply>
  /** Opens the next generation of jobs that ended badly (`unfinished`: without a committed result); answers how many. `not_found` for an unknown name. */
  retry(id: JobsetId, jobs: readonly string[] | null, by: string, unfinished: boolean): Promise<number>
  /** Commits attempts that ran elsewhere, whose files are here. */
  imported(id: JobsetId, items: readonly ImportedItem[]): Promise<Imported[]>
  /** Asks a node, by id or name, to leave; `not_found` when there is none, `unavailable` when it is not connected. */
  drainNode(node: string, seconds: number | null): void
  /** Closes the session of a node whose key was revoked. */
  disconnectNode(node: string, reason: string): void
  /** Calls back after every commit that wrote events; returns the way to stop. */
  onEvents(listener: () => void): () => void
}

/** Sessions lend bearers to agents for the bytes that go over HTTP. */
export interface NodeBearers {
  /** node id of a live bearer, else null */
  nodeOf(bearer: string): string | null
}

/** What an attempt or build id means for uploads: whose it is, and whether it may still send. */
export interface AttemptGuard {
  /** true while the attempt or build belongs to this node and its verdict is open; false = answer `superseded` */
  mayUpload(id: string, node: string): boolean
  /** the job's jobset, for the dedupe against input blobs; null when unknown */
  jobsetOf(id: string): JobsetId | null
}
