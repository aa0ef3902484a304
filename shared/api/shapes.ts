// Schemas of the HTTP API's bodies. One source for the head's validation, the client's types and OpenAPI.
import { z } from 'zod'
import { jobStates, jobsetStates } from '../model/job.ts'
import { kinds } from '../model/jobset.ts'
import { roles } from '../model/role.ts'
import { inputFile, jobOptions, sha256, slurm } from './shapes-inputs.ts'
import { provenance } from './shapes-provenance.ts'
import { searchSpec } from './shapes-search-spec.ts'

export const name = z.string().min(1).max(128)
const count = z.int().min(0)
const bytes = z.int().min(0)
/** wall time, ms since 1970 */
export const time = z.int().min(0)
/** query numbers arrive as text */
const queryCount = z.coerce.number().int().min(0)

export const okReply = z.object({ ok: z.literal(true) })
export const errorReply = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    ids: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  }),
})

/** an OpenAPI document, built from this contract */
export const openapiReply = z.record(z.string(), z.unknown())

// ---- identities
export const enrollRequest = z.object({
  code: z.string().max(200),
  /** Ed25519 public key, SPKI DER, base64 */
  key: z.string().max(500),
  name: z.string().max(128),
  version: z.string().max(40),
})
/** `grpc`: HOST:PORT to dial; an empty host means the host of the HTTP address. */
export const enrollReply = z.object({ node: z.string(), grpc: z.string(), head: z.string() })
export const sessionReply = z.object({
  role: z.enum(roles),
  name: z.string(),
  head: z.object({ id: z.string(), version: z.string(), startedAt: time, grpc: z.string(), url: z.string() }),
})
export const inviteReply = z.object({ code: z.string(), expiresAt: time, line: z.string() })
export const tokenReply = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  createdAt: time,
  revokedAt: time.nullable(),
})
export const tokensReply = z.object({ tokens: z.array(tokenReply) })
export const createTokenRequest = z.object({ name, role: z.enum(['admin', 'user', 'observer']) })
export const createTokenReply = tokenReply.extend({ secret: z.string() })

// ---- inputs
const source = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('git'), url: z.string().max(2000), ref: z.string().max(500).nullable(), submodules: z.boolean() }),
  z.object({ kind: z.literal('archive'), url: z.string().max(2000), sha256 }),
])
const bundleId = z.string().regex(/^[0-9a-f]{32}$/)
export const jobsetSpec = z.object({
  kind: z.enum(kinds),
  meta: z.object({
    batchName: name,
    namespace: name,
    capabilities: z.array(z.string().max(200)).max(200),
    matrix: z.string().nullable(),
  }),
  initialize: z.object({
    buildFile: inputFile.nullable(),
    build: z
      .string()
      .max(1 << 20)
      .nullable(),
    sif: inputFile.nullable(),
    mounts: z.array(z.string().max(1024)).max(100),
    source: source.nullable(),
    share: z.boolean(),
    rebuild: z.boolean().optional(),
    files: z.array(inputFile).max(100_000),
  }),
  options: jobOptions,
  slurm,
  sge: slurm,
  priority: z.int().min(-1000).max(1000),
  after: z.array(name).max(1000),
  maxFails: z.union([z.object({ count: z.int().min(1) }), z.object({ share: z.number().min(0).max(1) })]).nullable(),
  maxConcurrent: z.int().min(1).nullable(),
  lostAfter: z.number().min(1000).nullable(),
  collect: z.record(z.string(), z.string()).nullable(),
  comment: z.string().max(100_000).nullable(),
  bundle: bundleId.optional(),
  search: searchSpec.optional(),
})
export const jobLine = z.object({
  name,
  script: inputFile.nullable(),
  run: z
    .string()
    .max(1 << 20)
    .nullable(),
  files: z.array(inputFile).max(100_000),
  slurm,
  needs: z.array(name).max(10_000),
  options: jobOptions.partial().nullable(),
})
export const offsetQuery = z.object({ offset: queryCount.default(0) })

// ---- jobsets and jobs
const counts = z.object(Object.fromEntries(jobStates.map((state) => [state, count])) as Record<(typeof jobStates)[number], typeof count>)
export const jobsetReply = z.object({
  id: z.int(),
  uid: z.string(),
  namespace: z.string(),
  batch: z.string(),
  kind: z.string(),
  state: z.enum(jobsetStates),
  owner: z.string(),
  submittedAt: time,
  finishedAt: time.nullable(),
  /** why it failed or was cancelled, one sentence; null else */
  reason: z.string().nullable(),
  jobs: count,
  counts,
  /** true once every committed result lies in its plain folder */
  placed: z.boolean(),
  /** grows with every change; for `wait` */
  revision: count,
  /** higher ones are offered to nodes first */
  priority: z.int(),
  /** who holds it: it gets no nodes until it is released; null = nobody */
  held: z.string().nullable(),
  capabilities: z.array(z.string()),
  /** nodes that could run it, those of them that are connected and not paused, and why the closest does not */
  match: z.object({ nodes: count, online: count, closest: z.string().nullable() }),
  /** from what it was made, by the last `dist add` that added to it; null when that did not tell */
  provenance: provenance.nullable(),
  /** of one with a search: trials that ended, of so many; the best by the first metric */
  search: z
    .object({
      total: count,
      ended: count,
      reported: count,
      metrics: z.array(z.string()),
      best: z.object({ label: z.string(), values: z.array(z.number()) }).nullable(),
    })
    .optional(),
})
export const jobsetsReply = z.object({ jobsets: z.array(jobsetReply) })
export const statusQuery = z.object({ all: z.enum(['true', 'false']).default('false'), limit: queryCount.max(1000).default(50) })
/** `versions`: with a batch also `batch@2` and so on */
export const findQuery = z.object({
  namespace: z.string().optional(),
  batch: z.string().optional(),
  versions: z.enum(['true', 'false']).default('false'),
})
export const jobsQuery = z.object({
  after: z.coerce.number().int().min(-1).default(-1),
  limit: queryCount.min(1).max(10_000).default(1000),
  state: z.enum(jobStates).optional(),
  name: z.string().optional(),
})
export const usage = z.object({
  wallSeconds: z.number(),
  userSeconds: z.number(),
  systemSeconds: z.number(),
  peakMemory: z.number(),
  memorySource: z.string(),
})
export const outcome = z.object({
  kind: z.enum(['succeeded', 'failed', 'timeout', 'oom', 'cancelled', 'lost', 'build_failed', 'stage_failed']),
  exitCode: z.int().nullable().optional(),
  signal: z.string().nullable().optional(),
  reason: z.string().optional(),
})
export const jobReply = z.object({
  id: z.int(),
  index: count,
  name: z.string(),
  state: z.enum(jobStates),
  /** attempts started so far */
  attempts: count,
  node: z.string().nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  outcome: outcome.nullable(),
  usage: usage.nullable(),
  notices: z.array(z.string()),
})
export const jobsReply = z.object({ jobs: z.array(jobReply), more: z.boolean() })
export const buildReply = z.object({
  attempt: z.string(),
  node: z.string(),
  state: z.enum(['building', 'succeeded', 'failed']),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  outcome: outcome.nullable(),
  outputFile: z.string().nullable(),
})
export const buildsReply = z.object({ builds: z.array(buildReply) })
export const waitQuery = z.object({ after: queryCount.default(0), seconds: z.coerce.number().min(0).max(30).default(25) })
export const killRequest = z.object({ jobs: z.array(z.string()).max(100_000).nullable().default(null) })
/** null = all that ended badly; `unfinished`: of those only the ones without a committed result */
export const retryRequest = z.object({
  jobs: z.array(z.string()).max(100_000).nullable().default(null),
  unfinished: z.boolean().default(false),
})
export const retryReply = z.object({ jobset: z.int(), retried: count })
export const drainRequest = z.object({ seconds: z.number().min(0).nullable().default(null) })
/** `confirmed`: nodes on which nothing of it runs any more; `waiting`: nodes that have not said so yet. */
export const killReply = z.object({ jobset: z.int(), cancelled: count, confirmed: z.array(z.string()), waiting: z.array(z.string()) })
const outputWait = z.coerce.number().min(0).max(30).default(0)
export const buildLogQuery = z.object({ offset: queryCount.default(0), wait: outputWait })
/** `attempt`: its number; `id`: the one of an earlier reply. Neither = the committed, the current or the last one */
export const logQuery = buildLogQuery.extend({ attempt: queryCount.optional(), id: z.string().max(64).optional() })
/** `skipped` bytes right before `offset` never come: they passed the cap before they could be sent */
export const chunkQuery = z.object({ offset: queryCount, number: queryCount, skipped: queryCount.default(0) })
export const putLogReply = z.object({ have: bytes })
export const eventsQuery = z.object({ jobset: queryCount.optional(), after: queryCount.optional() })

// ---- results
export const manifestEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), path: z.string().max(1024), size: bytes, mode: z.int().min(0).max(0o777), sha256 }),
  z.object({ kind: z.literal('folder'), path: z.string().max(1024) }),
  z.object({ kind: z.literal('link'), path: z.string().max(1024), target: z.string().max(1024) }),
])
export const manifest = z.array(manifestEntry).max(1_000_000)
/** Results of one job; `path`s are below `<batch>/<name>/`. `removed`: the head's retention rule took its files away. */
export const resultReply = z.object({ job: z.int(), index: count, name: z.string(), manifest, removed: z.boolean() })
/** `at`: event up to which the page knows of commits, to be given as `since` later. */
export const resultsReply = z.object({ results: z.array(resultReply), more: z.boolean(), at: count })
export const resultsQuery = jobsQuery.extend({ since: queryCount.optional() })
export const attemptsQuery = z.object({ after: jobsQuery.shape.after, limit: jobsQuery.shape.limit })
/** `mark`: its number, or its id when it never started. `path`s are below `<batch>/.attempts/<name>/<mark>/`. */
export const attemptReply = resultReply.omit({ removed: true }).extend({ attempt: z.string(), mark: z.string() })
export const attemptsReply = z.object({ attempts: z.array(attemptReply), more: z.boolean() })
const attemptWanted = z.string().max(64).optional()
/** `attempt`: id of `keptAttempts`; absent = the job's result */
export const fetchRequest = z.object({
  files: z.array(z.object({ job: z.int(), path: z.string().max(1024), attempt: attemptWanted })).max(100_000),
})
export const fileQuery = offsetQuery.extend({ attempt: attemptWanted })
export const manifestRequest = z.object({ manifest })
export const manifestReply = z.object({ missing: z.array(z.string()) })
export const fetchBlobsRequest = z.object({ blobs: z.array(sha256).max(10_000) })

// ---- overview
export const nodeReply = z.object({
  id: z.string(),
  name: z.string(),
  /** idle, busy and building are connected; unreachable was heard of in this head's life, offline not */
  state: z.enum(['idle', 'busy', 'building', 'unreachable', 'offline']),
  /** one sentence when something keeps it from working; null else */
  note: z.string().nullable(),
  /** who paused it, when, and until when it gets no new work (null = until it is resumed); null = it is not */
  paused: z.object({ by: z.string(), at: time, until: time.nullable() }).nullable(),
  capabilities: z.array(z.string()),
  cores: count,
  memory: z.number(),
  /** most jobs at once */
  slots: count,
  gpus: count,
  /** bytes that jobs may ask for */
  disk: z.number(),
  /** cores granted to what runs there now */
  coresUsed: count,
  /** why its jobs are not bound to cores; empty = packed ones are */
  pinning: z.string(),
  /** every slot builds for itself there */
  ownBuilds: z.boolean(),
  running: count,
  ahead: count,
  version: z.string(),
  lastSeenAt: time.nullable(),
  joinedAt: time,
})
export const nodesReply = z.object({ nodes: z.array(nodeReply) })
export const statusReply = z.object({
  /** `notice`: why the head gives out no work, one sentence; null else */
  head: z.object({ version: z.string(), startedAt: time, now: time, notice: z.string().nullable() }),
  jobsets: z.array(jobsetReply),
  more: z.boolean(),
  nodes: z.object({ total: count, online: count, busy: count }),
})
