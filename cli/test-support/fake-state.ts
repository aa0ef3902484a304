// What the fake head knows, and builders for it.
import type { AttemptReply, BuildReply, JobReply, JobsetReply, NodeReply, TokenReply } from '../../shared/api/types.ts'
import { sha256 } from '../../shared/files/digest.ts'
import type { Event } from '../../shared/model/event.ts'
import { type JobCounts, noJobs } from '../../shared/model/job.ts'
import type { JobSpec, JobsetSpec } from '../../shared/model/jobset.ts'
import type { ManifestEntry } from '../../shared/model/manifest.ts'
import type { Provenance, SubmitCounts, SubmitMode } from '../../shared/model/submission.ts'
import type { FakeSearch } from './fake-searches.ts'

export interface FakeDraft {
  readonly id: string
  readonly requestId: string
  readonly spec: JobsetSpec
  readonly text: string
  jobs: JobSpec[]
  jobset: number | null
  readonly mode: SubmitMode
  readonly provenance: Provenance | null
  /** what the commit tells */
  did: SubmitCounts
}

/** A committed result: contents by path. */
export type FakeFiles = Readonly<Record<string, Buffer>>

export class FakeState {
  readonly drafts = new Map<string, FakeDraft>()
  readonly blobs = new Map<string, Buffer>()
  readonly jobsets: JobsetReply[] = []
  readonly jobs = new Map<number, JobReply[]>()
  readonly files = new Map<number, FakeFiles>()
  /** manifest entries beyond the files */
  readonly extras = new Map<number, readonly ManifestEntry[]>()
  /** by job: attempts beside its result */
  readonly kept = new Map<number, { readonly attempt: string; readonly mark: string; readonly files: FakeFiles }[]>()
  /** event that a listing of results knows of */
  at = 1
  readonly logs = new Map<number, Buffer>()
  builds: BuildReply[] = []
  readonly buildLogs = new Map<string, Buffer>()
  nodes: NodeReply[] = []
  tokens: TokenReply[] = []
  /** nodes that do not confirm a kill */
  deaf: string[] = []
  /** whose token it is */
  user = 'anna'
  /** the head's clock */
  now = 1_700_000_090_000
  inviteUntil = Date.now() + 900_000
  /** jobs in their back-off, and jobsets whose build failed on a node */
  waiting = 0
  badBuilds = 0
  readonly attempts = new Map<number, AttemptReply[]>()
  events: Event[] = []
  /** by jobset */
  readonly searches = new Map<number, FakeSearch>()
  /** what was asked for */
  readonly drained: { readonly node: string; readonly seconds: number | null }[] = []
  #nextJob = 100

  /** A jobset with one finished job for each entry of `results`. */
  addJobset(namespace: string, batch: string, results: Readonly<Record<string, FakeFiles>> = {}): JobsetReply {
    const names = Object.keys(results)
    const jobset = jobsetReply({
      id: this.jobsets.length + 1,
      namespace,
      batch,
      state: 'succeeded',
      jobs: names.length,
      counts: { ...noCounts, succeeded: names.length },
      finishedAt: 1_700_000_060_000,
    })
    this.jobsets.push(jobset)
    this.jobs.set(
      jobset.id,
      names.map((name, index) => {
        const job = jobReply({ id: this.#nextJob++, index, name, state: 'succeeded', attempts: 1, outcome: { kind: 'succeeded' } })
        this.files.set(job.id, results[name] ?? {})
        return job
      }),
    )
    return jobset
  }

  /** Replaces a jobset's fields. */
  change(id: number, fields: Partial<JobsetReply>): void {
    const index = this.jobsets.findIndex((jobset) => jobset.id === id)
    const old = this.jobsets[index]
    if (old !== undefined) this.jobsets[index] = { ...old, revision: old.revision + 1, ...fields }
  }

  manifest(job: number): ManifestEntry[] {
    return [...manifestOf(this.files.get(job) ?? {}), ...(this.extras.get(job) ?? [])]
  }
}

export function manifestOf(files: FakeFiles): ManifestEntry[] {
  return Object.entries(files).map(([path, data]) => ({ kind: 'file', path, size: data.length, mode: 0o644, sha256: sha256(data) }))
}

export const noCounts: JobCounts = noJobs

export function jobsetReply(fields: Partial<JobsetReply>): JobsetReply {
  return {
    id: 1,
    uid: '00'.repeat(8),
    namespace: 'anna',
    batch: 'sweep',
    kind: 'python',
    state: 'active',
    owner: 'anna',
    submittedAt: 1_700_000_000_000,
    finishedAt: null,
    reason: null,
    jobs: 0,
    counts: noCounts,
    placed: false,
    priority: 0,
    held: null,
    revision: 1,
    capabilities: [],
    match: { nodes: 1, online: 1, closest: null },
    provenance: null,
    ...fields,
  }
}

export function jobReply(fields: Partial<JobReply>): JobReply {
  return {
    id: 1,
    index: 0,
    name: 'job_1',
    state: 'ready',
    attempts: 0,
    node: null,
    startedAt: null,
    finishedAt: null,
    outcome: null,
    usage: null,
    notices: [],
    ...fields,
  }
}

export function nodeReply(fields: Partial<NodeReply>): NodeReply {
  return {
    id: 'aabbccddeeff',
    name: 'node1',
    state: 'idle',
    note: null,
    paused: null,
    capabilities: ['python3', 'os=debian', 'cores=8', 'memory=1024'],
    cores: 8,
    memory: 16 * 2 ** 30,
    slots: 1,
    gpus: 0,
    disk: 100 * 2 ** 30,
    coresUsed: 0,
    pinning: '',
    ownBuilds: false,
    running: 0,
    ahead: 0,
    version: '0.1.0',
    lastSeenAt: 1_700_000_000_000,
    joinedAt: 1_700_000_000_000,
    ...fields,
  }
}
