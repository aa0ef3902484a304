// Replies of the HTTP API that people read: rows of the store joined with what the core knows of this moment.

import type { BuildReply, JobReply, JobsetReply, NodeReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { JobsetId, NodeId } from '../../shared/model/ids.ts'
import { type JobCounts, noJobs } from '../../shared/model/job.ts'
import type { JobsetSpec } from '../../shared/model/jobset.ts'
import { currentPause } from '../../shared/model/node-pause.ts'
import type { Demand } from '../../shared/model/resources.ts'
import { lanesOf } from '../core/lanes.ts'
import { canRun, whyNot } from '../core/match.ts'
import type { Core, NodeState } from '../core/state.ts'
import type { JobFilter, JobsetFilter } from '../ports/head.ts'
import type { ReadDb } from '../ports/read-db.ts'
import { readJobsetSpec } from '../ports/spec-json.ts'
import { lastProvenance, namedJobsets, namedJobsetsSql } from '../store/reads/submissions.ts'
import { buildOutputFile } from '../store/result-folder.ts'
import { buildNode } from '../store/transitions/finish-build.ts'
import { type JobRow, jobReply } from './job-reply.ts'
import type { Revisions } from './revisions.ts'
import { searchGlance } from './search-glance.ts'

interface JobsetRow {
  readonly id: number
  readonly uid: string
  readonly namespace: string
  readonly batch: string
  readonly kind: string
  readonly state: JobsetReply['state']
  readonly owner: string
  readonly spec: string
  readonly submitted_at: number
  readonly finished_at: number | null
  readonly reason: string | null
  readonly first_job: number
  readonly job_count: number
  readonly counts: string | null
  readonly demands: string | null
  readonly priority: number
  readonly held: string | null
}

interface NodeRow {
  readonly id: string
  readonly name: string
  readonly joined_at: number
  readonly last_seen_at: number | null
  readonly capabilities: string
  readonly cores: number
  readonly memory: number
  readonly slots: number
  readonly gpus: number
  readonly disk: number
  readonly own_builds: number
  readonly pinning: string
  readonly version: string
  readonly paused: string | null
}

const jobsetColumns =
  'id, uid, namespace, batch, kind, state, owner, spec, submitted_at, finished_at, reason, first_job, job_count, counts, demands, priority, held'
const dayMs = 24 * 3600 * 1000

export interface ViewDependencies {
  readonly db: ReadDb
  readonly core: () => Core
  readonly revisions: Revisions
}

export class HeadViews {
  readonly #db: ReadDb
  readonly #core: () => Core
  readonly #revisions: Revisions

  constructor(deps: ViewDependencies) {
    this.#db = deps.db
    this.#core = deps.core
    this.#revisions = deps.revisions
  }

  jobsets({ all, limit }: { all: boolean; limit: number }): { jobsets: JobsetReply[]; more: boolean } {
    const since = all ? 0 : Date.now() - dayMs
    const rows = this.#db
      .prepare<[number, number], JobsetRow>(
        `SELECT ${jobsetColumns} FROM jobset WHERE state = 'active' OR finished_at >= ? ORDER BY id DESC LIMIT ?`,
      )
      .all(since, limit + 1)
    return { jobsets: rows.slice(0, limit).map((row) => this.#jobsetReply(row)), more: rows.length > limit }
  }

  jobset(id: JobsetId): JobsetReply {
    return this.#jobsetReply(this.#row(id))
  }

  findJobsets(filter: JobsetFilter): JobsetReply[] {
    const rows = this.#db
      .prepare<(string | null)[], JobsetRow>(`SELECT ${jobsetColumns} FROM jobset WHERE ${namedJobsetsSql} ORDER BY id DESC LIMIT 1000`)
      .all(...namedJobsets(filter))
    return rows.map((row) => this.#jobsetReply(row))
  }

  jobs(id: JobsetId, filter: JobFilter): { jobs: JobReply[]; more: boolean } {
    const jobset = this.#row(id)
    const rows = this.#db
      .prepare<[number, number, string | null, string | null, number], JobRow>(
        `SELECT j.id, j.name, j.state, j.started, n.name AS node, a.started_at, a.finished_at, a.outcome, a.usage, a.notices, r.reason, t.end
         FROM job j LEFT JOIN job_reason r ON r.job = j.id AND j.state = 'skipped' LEFT JOIN attempt a ON a.id = j.attempt LEFT JOIN node n ON n.id = a.node
         LEFT JOIN trial t ON t.job = j.id
         WHERE j.id > ? AND j.id < ? AND j.state = coalesce(?, j.state) AND j.name = coalesce(?, j.name) ORDER BY j.id LIMIT ?`,
      )
      .all(
        jobset.first_job + filter.after,
        jobset.first_job + jobset.job_count,
        filter.state ?? null,
        filter.name ?? null,
        filter.limit + 1,
      )
    const jobs = rows.slice(0, filter.limit).map((row) => jobReply(row, jobset))
    return { jobs, more: rows.length > filter.limit }
  }

  builds(id: JobsetId): BuildReply[] {
    const jobset = this.#row(id)
    const rows = this.#db
      .prepare<
        [number],
        {
          id: string
          node: string
          place: number
          state: string
          removed: number
          started_at: number | null
          finished_at: number | null
          outcome: string | null
        }
      >(
        "SELECT b.id, n.name AS node, b.place, b.state, EXISTS (SELECT 1 FROM removed_result r WHERE r.id = b.id) OR b.location IS NULL AS removed, b.started_at, b.finished_at, b.outcome FROM build b JOIN node n ON n.id = b.node WHERE b.jobset = ? AND b.state <> 'dropped' ORDER BY b.ordered_at",
      )
      .all(id)
    return rows.map((row) => ({
      attempt: row.id,
      node: buildNode({ node_name: row.node, place: row.place }),
      state: row.state === 'succeeded' || row.state === 'failed' ? row.state : 'building',
      startedAt: row.started_at,
      finishedAt: row.finished_at,
      outcome: parsed<BuildReply['outcome']>(row.outcome),
      outputFile:
        row.finished_at === null || row.removed === 1
          ? null
          : buildOutputFile(jobset, buildNode({ node_name: row.node, place: row.place })),
    }))
  }

  nodes(): NodeReply[] {
    const rows = this.#db.prepare<[], NodeRow>('SELECT * FROM node WHERE revoked_at IS NULL ORDER BY name').all()
    return rows.map((row) => this.#nodeReply(row))
  }

  #row(id: JobsetId): JobsetRow {
    const row = this.#db.prepare<[number], JobsetRow>(`SELECT ${jobsetColumns} FROM jobset WHERE id = ?`).get(id)
    if (row === undefined) throw new DistError('not_found', `there is no jobset ${id}`, { hint: 'dist status --all lists them' })
    return row
  }

  #jobsetReply(row: JobsetRow): JobsetReply {
    const spec = readJobsetSpec(row.spec)
    const live = this.#core().jobsets.get(row.id as JobsetId)
    const counts: JobCounts = live?.counts ?? parsed<JobCounts>(row.counts) ?? noJobs
    const { reply: search, planned } = searchGlance(this.#db, row.id as JobsetId, spec.search)
    const waiting = this.#db
      .prepare<[number], number>("SELECT 1 FROM attempt WHERE jobset = ? AND location <> 'folder' LIMIT 1")
      .get(row.id)
    return {
      id: row.id,
      uid: row.uid,
      namespace: row.namespace,
      batch: row.batch,
      kind: row.kind,
      state: row.state,
      owner: row.owner,
      submittedAt: row.submitted_at,
      finishedAt: row.finished_at,
      reason: row.reason,
      jobs: Math.max(row.job_count, planned),
      counts: { ...counts },
      placed: row.state !== 'active' && live === undefined && waiting === undefined,
      revision: this.#revisions.of(row.id),
      priority: row.priority,
      held: row.held,
      capabilities: [...spec.meta.capabilities],
      match: this.#match(spec, row.demands === null ? [spec.options.demand] : (JSON.parse(row.demands) as Demand[])),
      provenance: parsed<JobsetReply['provenance']>(lastProvenance(this.#db, row.id)),
      ...search,
    }
  }

  #match(spec: JobsetSpec, demands: readonly Demand[]): JobsetReply['match'] {
    const need = { capabilities: spec.meta.capabilities, demands }
    let nodes = 0
    let online = 0
    let closest: { name: string; missing: string[] } | null = null
    for (const { facts, link, paused } of this.#core().nodes.values()) {
      if (canRun(facts, need)) {
        nodes++
        if (link === 'connected' && paused === null) online++
        continue
      }
      const missing = whyNot(facts, need)
      if (closest === null || missing.length < closest.missing.length) closest = { name: facts.name, missing }
    }
    return { nodes, online, closest: nodes > 0 || closest === null ? null : `${closest.name} lacks ${closest.missing.join(', ')}` }
  }

  #nodeReply(row: NodeRow): NodeReply {
    const core = this.#core()
    const node = core.nodes.get(row.id as NodeId)
    let running = 0
    let ahead = 0
    for (const id of node?.attempts ?? []) {
      if (core.attempts.get(id)?.kind === 'claimed') ahead++
      else running++
    }
    // A slot always runs one of the jobs it was given, whether or not it had time to say so.
    const lanes = node === undefined ? [] : [...lanesOf(core, node).values()]
    const shown = Math.min(running + ahead, Math.max(running, lanes.filter(({ demand }) => demand !== null).length))
    return {
      id: row.id,
      name: row.name,
      state: nodeState(node, shown),
      note: node?.facts.diskLow === true ? 'its disk is almost full: it takes no new jobs' : null,
      paused: currentPause(row.paused, Date.now()),
      capabilities: [...(node?.facts.capabilities ?? (JSON.parse(row.capabilities) as string[]))],
      cores: node?.facts.cores ?? row.cores,
      memory: node?.facts.memory ?? row.memory,
      slots: node?.facts.slots ?? row.slots,
      gpus: node?.facts.gpus ?? row.gpus,
      disk: node?.facts.disk ?? row.disk,
      coresUsed: Math.min(
        lanes.reduce((sum, { grant }) => sum + grant.cores, 0),
        node?.facts.cores ?? row.cores,
      ),
      pinning: row.pinning,
      ownBuilds: row.own_builds === 1,
      running: shown,
      ahead: running + ahead - shown,
      version: row.version,
      lastSeenAt: node?.link === 'connected' ? Date.now() : row.last_seen_at,
      joinedAt: row.joined_at,
    }
  }
}

function nodeState(node: NodeState | undefined, running: number): NodeReply['state'] {
  if (node === undefined || node.link === 'offline' || node.link === 'silent') return node?.link === 'silent' ? 'unreachable' : 'offline'
  if (node.link === 'unreachable') return 'unreachable'
  for (const [, build] of node.builds) if (build.kind === 'building' || build.kind === 'ordered') return 'building'
  return running > 0 ? 'busy' : 'idle'
}

function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T)
}
