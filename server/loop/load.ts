// Builds the core from the store: at start, and again when a commit failed. Reads only; every row is committed.

import type { AttemptId, JobId, JobsetId, JobsetUid, NodeId } from '../../shared/model/ids.ts'
import { type JobCounts, type JobState, noJobs } from '../../shared/model/job.ts'
import type { JobsetSpec } from '../../shared/model/jobset.ts'
import { track } from '../core/attempt-events.ts'
import type { Effects } from '../core/effects.ts'
import { addJobset, endIfDone, refill } from '../core/jobset-events.ts'
import { onNodeKnown } from '../core/node-events.ts'
import type { Core, JobsetFacts, NodeFacts } from '../core/state.ts'
import type { ReadDb } from '../ports/read-db.ts'

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
}

interface NodeRow {
  readonly id: string
  readonly name: string
  readonly capabilities: string
  readonly cores: number
  readonly memory: number
  readonly slots: number
}

const jobsetColumns = 'id, uid, namespace, batch, spec, priority, submitted_at, state, reason'

/** Fills an empty core: nodes, jobsets with open jobs or open attempts, attempts that nodes hold. */
export function loadCore(core: Core, db: ReadDb, now: number, effects: Effects): void {
  const nodes = db.prepare<[], NodeRow>('SELECT id, name, capabilities, cores, memory, slots FROM node WHERE revoked_at IS NULL').all()
  for (const row of nodes) onNodeKnown(core, nodeFacts(row), now)

  const attempts = db
    .prepare<[], { id: string; job: number; jobset: number; node: string; cores: number; state: string }>(
      "SELECT id, job, jobset, node, cores, state FROM attempt WHERE state IN ('claimed', 'running')",
    )
    .all()
  const jobsets = db
    .prepare<[], JobsetRow>(
      `SELECT ${jobsetColumns} FROM jobset WHERE state = 'active' OR counts IS NULL
         OR id IN (SELECT jobset FROM attempt WHERE state IN ('claimed', 'running'))`,
    )
    .all()
  for (const row of jobsets) addJobset(core, jobsetFacts(row), countJobs(db, row.id))
  for (const row of attempts) {
    track(core, {
      id: row.id as AttemptId,
      job: row.job as JobId,
      jobset: row.jobset as JobsetId,
      node: row.node as NodeId,
      cores: row.cores,
      kind: row.state === 'running' ? 'running' : 'claimed',
      stopping: false,
      takingBack: false,
    })
  }
  loadFailedBuilds(core, db)
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
  const row = db.prepare<[number], JobsetRow>(`SELECT ${jobsetColumns} FROM jobset WHERE id = ?`).get(id)
  return row === undefined ? null : { facts: jobsetFacts(row), counts: countJobs(db, row.id) }
}

/** Ids of ready jobs in file order, above `after`. The plan of this query is asserted in a test: one wrong index is fatal. */
export const readyJobsSql = "SELECT id FROM job WHERE jobset = ? AND state = 'ready' AND id > ? ORDER BY id LIMIT ?"

/** Runs it. */
export function readyJobs(db: ReadDb): (jobset: JobsetId, after: JobId, limit: number) => JobId[] {
  const find = db.prepare<[number, number, number], number>(readyJobsSql).pluck()
  return (jobset, after, limit) => find.all(jobset, after, limit) as JobId[]
}

function loadFailedBuilds(core: Core, db: ReadDb): void {
  const rows = db
    .prepare<[], { id: string; jobset: number; node: string }>(
      "SELECT b.id, b.jobset, b.node FROM build b JOIN jobset s ON s.id = b.jobset WHERE b.state = 'failed' AND s.state = 'active'",
    )
    .all()
  for (const row of rows)
    core.nodes.get(row.node as NodeId)?.builds.set(row.jobset as JobsetId, { kind: 'failed', id: row.id as AttemptId })
}

function countJobs(db: ReadDb, jobset: number): JobCounts {
  const counts: Record<JobState, number> = { ...noJobs }
  const rows = db
    .prepare<[number], { state: JobState; n: number }>('SELECT state, count(*) AS n FROM job WHERE jobset = ? GROUP BY state')
    .all(jobset)
  for (const row of rows) counts[row.state] = row.n
  return counts
}

function jobsetFacts(row: JobsetRow): JobsetFacts {
  const spec = JSON.parse(row.spec) as JobsetSpec
  return {
    id: row.id as JobsetId,
    uid: row.uid as JobsetUid,
    namespace: row.namespace,
    batch: row.batch,
    capabilities: spec.meta.capabilities,
    demand: spec.demand,
    priority: row.priority,
    submittedAt: row.submitted_at,
    cancelled: row.state === 'cancelled',
    failing: row.state === 'active' ? row.reason : null,
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
    diskLow: false,
    once: false,
    draining: false,
  }
}
