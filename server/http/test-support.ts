// A listening HTTP side over a real store and a head that only knows rows, for tests of the routes. Opening it again on
// the same folder is a restart of the head.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JobsetReply, KillReply, NodeReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { JobsetId, Sha256 } from '../../shared/model/ids.ts'
import { noJobs } from '../../shared/model/job.ts'
import type { Role } from '../../shared/model/role.ts'
import { BlobStore } from '../blobs/blob-store.ts'
import { cleanDrafts } from '../blobs/clean-drafts.ts'
import type { AttemptGuard, HeadPort } from '../ports/head.ts'
import { Incoming } from '../results/incoming.ts'
import { LiveLogs } from '../results/live-logs.ts'
import { ResultReader } from '../results/result-reader.ts'
import { hashSecret, newToken } from '../security/secrets.ts'
import { inputReads } from '../store/reads/inputs.ts'
import { openTestStore, type TestStore } from '../store/test-support.ts'
import { buildHttp } from './build-server.ts'

export interface TestHead {
  readonly url: string
  readonly folder: string
  readonly store: TestStore
  readonly incoming: Incoming
  readonly blobs: BlobStore
  readonly logs: LiveLogs
  /** ids that were told to the core */
  readonly submitted: number[]
  readonly kills: { readonly jobset: number; readonly jobs: readonly string[] | null; readonly by: string }[]
  /** what was logged at `error` */
  readonly errors: string[]
  /** upload rights: attempt id -> node */
  readonly mayUpload: Map<string, string>
  readonly bearers: Map<string, string>
  time: number
  ring(): void
  token(role: Exclude<Role, 'node'>, name?: string): Promise<string>
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  close(): Promise<void>
}

export interface CallOptions {
  readonly token?: string | null
  readonly json?: unknown
  readonly raw?: Uint8Array | string
  readonly type?: string
  readonly headers?: Record<string, string>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  /** parsed body, or an empty object */
  readonly json: { readonly [key: string]: unknown }
  /** code of an error answer */
  readonly code: string | undefined
  readonly message: string
}

export function tempFolder(): string {
  return mkdtempSync(join(tmpdir(), 'dist-http-'))
}

/** Runs `body` with a fresh head and removes everything afterwards. */
export async function withHead(body: (head: TestHead) => Promise<void>): Promise<void> {
  const folder = tempFolder()
  const head = await startHead(folder)
  try {
    await body(head)
  } finally {
    await head.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

export async function startHead(folder: string): Promise<TestHead> {
  const store = openTestStore(folder)
  for (const name of ['results', 'packs']) mkdirSync(join(folder, name), { recursive: true })
  const blobs = new BlobStore(join(folder, 'blobs'))
  const listeners = new Set<() => void>()
  const ring = (): void => {
    for (const listener of listeners) listener()
  }
  const submitted: number[] = []
  const kills: { jobset: number; jobs: readonly string[] | null; by: string }[] = []
  const errors: string[] = []
  const mayUpload = new Map<string, string>()
  const bearers = new Map<string, string>()
  const inputs = inputReads(store.reads)
  const guard: AttemptGuard = {
    mayUpload: (id, node) => mayUpload.get(id) === node,
    jobsetOf: (id) => (store.reads.prepare('SELECT jobset FROM attempt WHERE id = ?').pluck().get(id) as JobsetId | undefined) ?? null,
  }
  const incoming = new Incoming({
    folder: join(folder, 'results', '.incoming'),
    inputOf(id, sha256: Sha256) {
      const jobset = guard.jobsetOf(id)
      return jobset !== null && inputs.isInput(jobset, sha256) && existsSync(blobs.pathOf(sha256)) ? blobs.pathOf(sha256) : null
    },
    sync: () => Promise.resolve(),
  })
  const logs = new LiveLogs(join(folder, 'logs'), 1000)
  const clock = { monotonic: () => performance.now(), wall: () => state.time }
  const state = { time: Date.now() }
  const app = buildHttp({
    head: rowsHead(store, { submitted, kills, listeners }),
    store: {
      async run(name, input) {
        const output = await store.run(name, input)
        ring()
        return output
      },
    },
    reads: store.reads,
    bearers: { nodeOf: (bearer) => bearers.get(bearer) ?? null },
    guard,
    blobs,
    results: new ResultReader(join(folder, 'results'), join(folder, 'packs')),
    incoming,
    logs,
    clock,
    log: { debug: () => undefined, warn: () => undefined, error: (_facts, message) => void errors.push(message) },
    random: randomBytes,
  })
  await cleanDrafts(store, blobs, state.time)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const head: TestHead = {
    url,
    folder,
    store,
    incoming,
    blobs,
    logs,
    submitted,
    kills,
    errors,
    mayUpload,
    bearers,
    get time() {
      return state.time
    },
    set time(value: number) {
      state.time = value
    },
    ring,
    async token(role, name = role) {
      const secret = newToken(randomBytes)
      await store.run('createToken', { id: randomBytes(6).toString('hex'), name, role, hash: hashSecret(secret), by: 'test' })
      return secret
    },
    call: (method, path, options = {}) => call(`${url}/api/v1${path}`, method, options),
    async close() {
      await app.close()
      store.close()
    },
  }
  return head
}

async function call(url: string, method: string, options: CallOptions): Promise<Answer> {
  const headers: Record<string, string> = { ...options.headers }
  if (options.token !== undefined && options.token !== null) headers['authorization'] = `Bearer ${options.token}`
  if (options.json !== undefined) headers['content-type'] = 'application/json'
  if (options.type !== undefined) headers['content-type'] = options.type
  const body = options.json !== undefined ? JSON.stringify(options.json) : options.raw
  const reply = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
  const bytes = Buffer.from(await reply.arrayBuffer())
  const isJson = (reply.headers.get('content-type') ?? '').startsWith('application/json')
  const json = (isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : {}) as Answer['json']
  const error = json['error'] as { code?: string; message?: string } | undefined
  return { status: reply.status, headers: reply.headers, bytes, json, code: error?.code, message: error?.message ?? '' }
}

interface Seen {
  readonly submitted: number[]
  readonly kills: { jobset: number; jobs: readonly string[] | null; by: string }[]
  readonly listeners: Set<() => void>
}

interface JobsetRow {
  readonly id: number
  readonly uid: string
  readonly namespace: string
  readonly batch: string
  readonly state: 'active'
  readonly owner: string
  readonly submitted_at: number
  readonly job_count: number
}

/** A head whose live state is what the rows say. */
function rowsHead(store: TestStore, { submitted, kills, listeners }: Seen): HeadPort {
  const byId = store.reads.prepare<[number], JobsetRow>('SELECT * FROM jobset WHERE id = ?')
  const all = store.reads.prepare<[], JobsetRow>('SELECT * FROM jobset ORDER BY id DESC')
  const jobset = (id: JobsetId): JobsetReply => {
    const row = byId.get(id)
    if (row === undefined) throw new DistError('not_found', `there is no jobset ${id}`)
    return reply(row)
  }
  return {
    facts: { id: 'head', version: '0.0.0', startedAt: 1, grpc: '127.0.0.1:1', url: 'http://127.0.0.1:2' },
    jobsets: () => ({ jobsets: all.all().map(reply), more: false }),
    jobset,
    findJobsets: (filter) => all.all().map(reply).filter((row) => row.batch === (filter.batch ?? row.batch) && row.namespace === (filter.namespace ?? row.namespace)),
    jobs: (id) => (jobset(id), { jobs: [], more: false }),
    builds: (id) => (jobset(id), []),
    nodes: (): NodeReply[] => [],
    waitJobset: async (id) => jobset(id),
    submitted: (id) => void submitted.push(id),
    async kill(id, jobs, by): Promise<KillReply> {
      kills.push({ jobset: id, jobs, by })
      return { jobset: id, cancelled: 0, confirmed: [], waiting: [] }
    },
    disconnectNode: () => undefined,
    onEvents(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function reply(row: JobsetRow): JobsetReply {
  return {
    id: row.id,
    uid: row.uid,
    namespace: row.namespace,
    batch: row.batch,
    kind: 'python',
    state: row.state,
    owner: row.owner,
    submittedAt: row.submitted_at,
    finishedAt: null,
    reason: null,
    jobs: row.job_count,
    counts: { ...noJobs, ready: row.job_count },
    placed: false,
    revision: 1,
    capabilities: [],
    match: { nodes: 0, online: 0, closest: null },
  }
}
