// Builds the core from the store: at start, and again when a commit failed. Reads only; every row is committed.

import { decayed } from '../../shared/model/decay.ts'
import type { AttemptId, JobId, JobsetId, JobsetUid, NodeId } from '../../shared/model/ids.ts'
import { type JobCounts, type JobState, noJobs } from '../../shared/model/job.ts'
import { hasBuild } from '../../shared/model/jobset.ts'
import { currentPause } from '../../shared/model/node-pause.ts'
import type { Demand, Grant } from '../../shared/model/resources.ts'
import { track } from '../core/attempt-events.ts'
import type { Effects } from '../core/effects.ts'
import { addJobset, delay, endIfDone, refill } from '../core/jobset-events.ts'
import { onNodeKnown, wholeGrant } from '../core/node-events.ts'
import type { Core, JobsetFacts, JobsetState, NodeFacts } from '../core/state.ts'
import type { ReadDb } from '../ports/read-db.ts'
import { type SearchProblem, type SearchSummary, standOf } from '../ports/search-summary.ts'
import { readJobsetSpec } from '../ports/spec-json.ts'

interface JobsetRow {
  readonly id: number
  readonly uid: string
  readonly namespace: string
  readonly batch: string
  readonly spec: string
  readonly priority: number
  readonly submitted_at: number
  readonly state: string
  readonly reason: string | null
  readonly job_count: number
  readonly owner: string
  readonly demands: string | null
  readonly held: string | null
  /** of its search, null = it has none */
  readonly done: number | null
  readonly problem: string | null
  readonly summary: string | null
}

interface AttemptRow {
  readonly id: string
  readonly job: number
  readonly jobset: number
  readonly node: string
  readonly cores: number
  readonly state: string
  readonly share: string | null
  readonly demand: number
}

interface NodeRow {
  readonly id: string
  readonly name: string
  readonly capabilities: string
  readonly cores: number
  readonly memory: number
  readonly slots: number
  readonly gpus: number
  readonly disk: number
  readonly own_builds: number
  readonly paused: string | null
}

/** ms; longer than any back-off */
const maxDelay = 3600_000
const jobsetColumns =
  'id, uid, namespace, batch, spec, priority, submitted_at, state, reason, job_count, owner, demands, held, done, problem, summary'
const jobsetTable = 'jobset LEFT JOIN search ON search.jobset = jobset.id'

interface BuildRow {
  readonly id: string
  readonly jobset: number
  readonly node: string
  readonly state: 'failed' | 'ordered' | 'building'
  readonly share: string | null
  readonly place: number
}

/** Fills an empty core: nodes, jobsets with open jobs or open attempts, attempts that nodes hold. */
export function loadCore(core: Core, db: ReadDb, now: number, effects: Effects): void {
  const nodes = db
    .prepare<[], NodeRow>(
      'SELECT id, name, capabilities, cores, memory, slots, gpus, disk, own_builds, paused FROM node WHERE revoked_at IS NULL',
    )
    .all()
  for (const row of nodes) {
    const pause = currentPause(row.paused, Date.now())
    const until = pause?.until ?? null
    onNodeKnown(core, nodeFacts(row), now).paused = pause === null ? null : { until: until === null ? null : now + until - Date.now() }
  }

  const used = db.prepare<[], { owner: string; core_seconds: number; at: number }>('SELECT owner, core_seconds, at FROM usage').all()
  for (const row of used) core.used.set(row.owner, { coreSeconds: decayed(row.core_seconds, Date.now() - row.at), at: now })

  const attempts = db
    .prepare<[], AttemptRow>(
      `SELECT a.id, a.job, a.jobset, a.node, a.cores, a.state, a.share, j.demand FROM attempt a JOIN job j ON j.id = a.job
       WHERE a.state IN ('claimed', 'running')`,
    )
    .all()
  const jobsets = db
    .prepare<[], JobsetRow>(
      `SELECT ${jobsetColumns} FROM ${jobsetTable} WHERE state = 'active' OR counts IS NULL
         OR id IN (SELECT jobset FROM attempt WHERE state IN ('claimed', 'running'))`,
    )
    .all()
  for (const row of jobsets) loadDelayed(db, addJobset(core, jobsetFacts(row), countJobs(db, row.id, row.job_count)), now)
  for (const row of attempts) {
    track(core, {
      id: row.id as AttemptId,
      job: row.job as JobId,
      jobset: row.jobset as JobsetId,
      node: row.node as NodeId,
      demand: row.demand,
      grant: readGrant(row.share) ?? wholeGrant(row),
      kind: row.state === 'running' ? 'running' : 'claimed',
      stopping: false,
      takingBack: false,
    })
  }
  loadBuilds(core, db, effects)
  // Only now: a jobset whose attempts are not tracked yet looks finished.
  for (const jobset of core.jobsets.values()) {
    if (jobset.failing !== null && jobset.counts.ready > 0) effects.failJobs(jobset.facts.id, jobset.failing)
    refill(jobset, effects)
    endIfDone(jobset, effects)
  }
  effects.schedule()
}

/** One jobset by id, with its counters; null when it is not there. */
export function readJobset(db: ReadDb, id: JobsetId): { facts: JobsetFacts; counts: JobCounts } | null {
  const row = db.prepare<[number], JobsetRow>(`SELECT ${jobsetColumns} FROM ${jobsetTable} WHERE id = ?`).get(id)
  return row === undefined ? null : { facts: jobsetFacts(row), counts: countJobs(db, row.id, row.job_count) }
}

/** Ids of ready jobs of a class in file order, above `after`. The plan of this query is asserted in a test: one wrong index is fatal. */
export const readyJobsSql =
  "SELECT id FROM job WHERE jobset = ? AND demand = ? AND state = 'ready' AND id > ? AND not_before = 0 ORDER BY id LIMIT ?"

/** Runs it. */
export function readyJobs(db: ReadDb): (jobset: JobsetId, demand: number, after: JobId, limit: number) => JobId[] {
  const find = db.prepare<[number, number, number, number], number>(readyJobsSql).pluck()
  return (jobset, demand, after, limit) => find.all(jobset, demand, after, limit) as JobId[]
}

/**
 * Jobs in their back-off. The clock may have been set since: what is left of it is never more than the back-off itself, which
 * lies between the end of the try before, written by the same clock, and `not_before`.
 */
function loadDelayed(db: ReadDb, jobset: JobsetState, now: number): void {
  const rows = db
    .prepare<[number], { id: number; demand: number; not_before: number; avoid: string; backoff: number | null }>(
      `SELECT id, demand, not_before, avoid,
         (SELECT not_before - max(a.finished_at) FROM attempt a WHERE a.job = job.id AND a.finished_at <= not_before) AS backoff
       FROM job WHERE jobset = ? AND state = 'ready' AND not_before > 0`,
    )
    .all(jobset.facts.id)
  for (const row of rows) {
    jobset.avoid.set(row.id as JobId, row.avoid as NodeId)
    const left = Math.min(row.not_before - Date.now(), row.backoff ?? maxDelay, maxDelay)
    delay(jobset, { job: row.id as JobId, demand: row.demand }, now, left)
  }
}

/** Failed ones keep a node from being asked again; open ones are waited for until their node says what became of them. */
function loadBuilds(core: Core, db: ReadDb, effects: Effects): void {
  const rows = db
    .prepare<[], BuildRow>(
      `SELECT b.id, b.jobset, b.node, b.state, b.share, b.place FROM build b JOIN jobset s ON s.id = b.jobset
       WHERE b.state IN ('ordered', 'building') OR (b.state = 'failed' AND s.state = 'active') ORDER BY b.ordered_at`,
    )
    .all()
  for (const row of rows) {
    const builds = core.nodes.get(row.node as NodeId)?.builds
    const older = builds?.get(row.jobset as JobsetId, row.place)
    // Its end was not written down before another one was ordered.
    if (older?.id != null && older.kind !== 'failed') effects.dropBuilds([older.id], 'another one was ordered')
    const grant = readGrant(row.share)
    builds?.set(row.jobset as JobsetId, { kind: row.state, id: row.id as AttemptId, ...(grant === null ? {} : { grant }) }, row.place)
  }
}

function readGrant(text: string | null): Grant | null {
  return text === null ? null : (JSON.parse(text) as Grant)
}

/** By the index of ready jobs where all are: 4 ms for 100 000 jobs that were just submitted, 180 ms by their rows. */
function countJobs(db: ReadDb, jobset: number, jobs: number): JobCounts {
  const ready = db.prepare<[number], number>("SELECT count(*) FROM job WHERE jobset = ? AND state = 'ready'").pluck().get(jobset) ?? 0
  if (ready === jobs) return { ...noJobs, ready }
  const counts: Record<JobState, number> = { ...noJobs }
  const rows = db
    .prepare<[number], { state: JobState; n: number }>('SELECT state, count(*) AS n FROM job WHERE jobset = ? GROUP BY state')
    .all(jobset)
  for (const row of rows) counts[row.state] = row.n
  return counts
}

function jobsetFacts(row: JobsetRow): JobsetFacts {
  const spec = readJobsetSpec(row.spec)
  const demands = row.demands === null ? [spec.options.demand] : (JSON.parse(row.demands) as Demand[])
  const summary = row.summary === null ? null : (JSON.parse(row.summary) as SearchSummary)
  return {
    id: row.id as JobsetId,
    uid: row.uid as JobsetUid,
    namespace: row.namespace,
    batch: row.batch,
    capabilities: spec.meta.capabilities,
    demands,
    packed: demands.some(({ cores }) => cores !== 'all'),
    hasBuild: hasBuild(spec),
    priority: row.priority,
    owner: row.owner,
    submittedAt: row.submitted_at,
    cancelled: row.state === 'cancelled',
    held: row.held !== null,
    failing: row.state === 'active' ? row.reason : null,
    maxConcurrent: spec.maxConcurrent,
    maxFails: spec.maxFails,
    lostAfter: spec.lostAfter,
    search:
      summary === null ? null : standOf(summary, row.done === 1, row.problem === null ? null : (JSON.parse(row.problem) as SearchProblem)),
  }
}

function nodeFacts(row: NodeRow): NodeFacts {
  return {
    id: row.id as NodeId,
    name: row.name,
    capabilities: JSON.parse(row.capabilities) as string[],
    cores: row.cores,
    memory: row.memory,
    slots: row.slots,
    gpus: row.gpus,
    disk: row.disk,
    ownBuilds: row.own_builds === 1,
    diskLow: false,
    once: false,
    draining: false,
  }
}
