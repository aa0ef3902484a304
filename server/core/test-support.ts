// A core with recorded effects, for tests: what it asked for, in order, and builders of its nouns.
import type { AttemptId, JobId, JobsetId, JobsetUid, NodeId, Sha256 } from '../../shared/model/ids.ts'
import { type JobCounts, noJobs } from '../../shared/model/job.ts'
import type { JobSpec } from '../../shared/model/jobset.ts'
import { wholeNode } from '../../shared/model/resources.ts'
import { onClaimed } from './attempt-events.ts'
import { onBuildFinished, onBuildOrdered } from './build-events.ts'
import type { Effects, NodeMessage } from './effects.ts'
import { onJobset } from './jobset-events.ts'
import { onConnected } from './node-events.ts'
import { plan } from './plan.ts'
import { type Core, type JobsetFacts, type NodeFacts, newCore } from './state.ts'

type Claims = Parameters<Effects['claim']>[0]

export interface Recorded {
  readonly claims: Claims[number][]
  readonly builds: { node: NodeId; jobset: JobsetId; place?: number }[]
  readonly sent: { node: NodeId; message: NodeMessage }[]
  readonly lost: AttemptId[]
  readonly givenBack: AttemptId[]
  readonly droppedBuilds: AttemptId[]
  readonly ended: { jobset: JobsetId; state: string; reason: string | null }[]
  readonly failing: { jobset: JobsetId; reason: string }[]
  readonly stopped: { jobset: JobsetId; reason: string }[]
  readonly trials: { jobset: JobsetId; jobs: readonly JobId[] }[]
  scheduled: number
}

export interface Bench {
  readonly core: Core
  readonly effects: Effects
  readonly seen: Recorded
  /** ready job ids by jobset: what the store would answer */
  readonly rows: Map<JobsetId, JobId[]>
  /** connects a node that holds nothing */
  connect(facts: NodeFacts, now?: number): void
  /** `classes`: the demand of each job, by its place in the file, as an index into the jobset's; without: 0 */
  submit(facts: JobsetFacts, jobs: number, classes?: readonly number[]): void
  /** runs the pass, and claims and build orders it asks for, as a willing store and willing nodes would answer */
  settle(): void
}

let lastId = 0

export function bench(now = 0): Bench {
  const core = newCore(now)
  const seen: Recorded = {
    claims: [],
    builds: [],
    sent: [],
    lost: [],
    givenBack: [],
    droppedBuilds: [],
    ended: [],
    failing: [],
    stopped: [],
    trials: [],
    scheduled: 0,
  }
  const rows = new Map<JobsetId, JobId[]>()
  const demands = new Map<JobsetId, readonly number[]>()
  const classOf = (id: JobsetId, job: JobId): number => demands.get(id)?.[job - id * 1000] ?? 0
  const effects: Effects = {
    claim: (items) => void seen.claims.push(...items),
    orderBuild: (node, jobset, place) => void seen.builds.push({ node, jobset, ...(place === 0 ? {} : { place }) }),
    dropBuilds: (ids) => void seen.droppedBuilds.push(...ids),
    lose: (attempts) => void seen.lost.push(...attempts),
    giveBack: (items) => void seen.givenBack.push(...items.map((item) => item.attempt)),
    endJobset: (jobset, state, reason) => void seen.ended.push({ jobset, state, reason }),
    stopJobset: (jobset, reason) => void seen.stopped.push({ jobset, reason }),
    failJobs: (jobset, reason) => void seen.failing.push({ jobset, reason }),
    loadReady: (jobset, demand, after, limit) => {
      const ids = (rows.get(jobset) ?? []).filter((id) => id > after && classOf(jobset, id) === demand).slice(0, limit)
      core.jobsets.get(jobset)?.ready.loaded(demand, ids)
    },
    trialsEnded: (jobset, jobs) => void seen.trials.push({ jobset, jobs }),
    nodeGone: () => {},
    send: (node, message) => void seen.sent.push({ node, message }),
    disconnect: () => {},
    changed: () => {},
    schedule: () => void seen.scheduled++,
  }
  return {
    core,
    effects,
    seen,
    rows,
    connect: (facts, at = now) => onConnected(core, facts, ++lastId, [], new Set(), at, effects),
    submit: (facts, jobs, classes = []) => {
      demands.set(facts.id, classes)
      rows.set(
        facts.id,
        Array.from({ length: jobs }, (_, i) => (facts.id * 1000 + i) as JobId),
      )
      onJobset(core, facts, counts({ ready: jobs }), effects)
    },
    settle: () => {
      plan(core, effects)
      for (const { node, jobset, place } of seen.builds.splice(0)) {
        const build = newAttempt()
        onBuildOrdered(core, node, jobset, build, effects, place)
        onBuildFinished(core, node, { build, jobset, outcome: { kind: 'succeeded' } }, effects)
      }
      plan(core, effects)
      const asked = seen.claims.splice(0)
      onClaimed(
        core,
        asked,
        asked.map((item) => ({ ...item, attempt: newAttempt(), number: 1, spec })),
        effects,
      )
    },
  }
}

export function newAttempt(): AttemptId {
  return (++lastId).toString(16).padStart(32, '0') as AttemptId
}

const file = { name: 'run.py', sha256: 'a'.repeat(64) as Sha256, size: 1, mode: 0o644 }
export const spec: JobSpec = { name: 'job', script: file, run: null, files: [], slurm: null, needs: [], options: null }

export function node(name: string, change: Partial<NodeFacts> = {}): NodeFacts {
  return {
    id: name as NodeId,
    name,
    capabilities: ['python3'],
    cores: 4,
    memory: 1e9,
    slots: 1,
    gpus: 0,
    disk: 1e9,
    ownBuilds: false,
    diskLow: false,
    once: false,
    draining: false,
    ...change,
  }
}

export function jobset(id: number, change: Partial<JobsetFacts> = {}): JobsetFacts {
  return {
    id: id as JobsetId,
    uid: `uid${id}` as JobsetUid,
    namespace: 'lab',
    batch: `batch${id}`,
    capabilities: ['python3'],
    demands: [wholeNode],
    packed: change.demands?.some(({ cores }) => cores !== 'all') ?? false,
    hasBuild: true,
    priority: 0,
    owner: 'anna',
    submittedAt: id,
    cancelled: false,
    held: false,
    failing: null,
    maxConcurrent: null,
    maxFails: null,
    lostAfter: null,
    search: null,
    ...change,
  }
}

export function counts(change: Partial<JobCounts>): JobCounts {
  return { ...noJobs, ...change }
}
