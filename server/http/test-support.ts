// A listening HTTP side over a real store and a head that only knows rows, for tests of the routes. Opening it again on
// the same folder is a restart of the head.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sha256 } from '../../shared/model/ids.ts'
import type { Role } from '../../shared/model/role.ts'
import { blobService } from '../blobs/blob-service.ts'
import { BlobStore } from '../blobs/blob-store.ts'
import { cleanDrafts } from '../blobs/clean-drafts.ts'
import { diskSpace } from '../blobs/disk-space.ts'
import { attemptGuard } from '../loop/guard.ts'
import { dataPaths } from '../ops/data-paths.ts'
import { Settings } from '../ops/settings.ts'
import { buildOps } from '../ops-side.ts'
import type { DiskSpace } from '../ports/disk-space.ts'
import type { Store } from '../ports/store.ts'
import { cleanLeftovers } from '../results/clean-leftovers.ts'
import { Incoming } from '../results/incoming.ts'
import { LiveLogs } from '../results/live-logs.ts'
import { ResultReader } from '../results/result-reader.ts'
import { resultService } from '../results/result-service.ts'
import { discardLate, settleUpload } from '../results/upload-fate.ts'
import { identities } from '../security/identities.ts'
import { hashSecret, newToken } from '../security/secrets.ts'
import { attemptReads } from '../store/reads/attempts.ts'
import { draftReads } from '../store/reads/drafts.ts'
import { eventReads } from '../store/reads/events.ts'
import { inputReads } from '../store/reads/inputs.ts'
import { jobReads } from '../store/reads/jobs.ts'
import { packedFiles } from '../store/reads/packed-file.ts'
import { resultPlaces } from '../store/reads/result-places.ts'
import { tokenReads } from '../store/reads/tokens.ts'
import { openTestStore, type TestStore } from '../store/test-support.ts'
import { buildHttp } from './build-server.ts'
import { rowsControl } from './test-support-control.ts'
import { rowsHead, type SeenKill } from './test-support-head.ts'
import { rowsSearches } from './test-support-searches.ts'
import { inThisThread } from './test-support-threads.ts'

export interface TestHead {
  readonly url: string
  readonly folder: string
  readonly store: TestStore
  readonly incoming: Incoming
  readonly blobs: BlobStore
  readonly logs: LiveLogs
  /** ids that were told to the core */
  readonly submitted: number[]
  readonly kills: SeenKill[]
  /** what was ordered of searches */
  readonly ordered: readonly string[]
  /** what was logged at `error` */
  readonly errors: string[]
  readonly bearers: Map<string, string>
  time: number
  space: DiskSpace
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
  const kills: SeenKill[] = []
  const ordered: string[] = []
  const errors: string[] = []
  const bearers = new Map<string, string>()
  const inputs = inputReads(store.reads)
  const drafts = draftReads(store.reads)
  const guard = attemptGuard(store.reads)
  const incoming = new Incoming({
    folder: join(folder, 'results', '.incoming'),
    inputOf(id, sha256: Sha256) {
      const jobset = guard.jobsetOf(id)
      return jobset !== null && inputs.isInput(jobset, sha256) && existsSync(blobs.pathOf(sha256)) ? blobs.pathOf(sha256) : null
    },
    sync: () => Promise.resolve(),
  })
  const logs = new LiveLogs(join(folder, 'logs'), { head: 500, tail: 500 })
  const clock = { monotonic: () => performance.now(), wall: () => state.time }
  const state = { time: Date.now(), space: diskSpace(folder) }
  const ringing: Store = {
    async run(name, input) {
      const output = await store.run(name, input)
      ring()
      return output
    },
  }
  const places = resultPlaces(store.reads)
  cleanLeftovers(incoming, logs, places)
  const reader = new ResultReader(join(folder, 'results'), packedFiles(join(folder, 'packs')))
  const rows = rowsHead(store, { submitted, kills, listeners })
  const space: DiskSpace = {
    assertFor: (bytes) => state.space.assertFor(bytes),
    isLow: () => state.space.isLow(),
    free: () => state.space.free(),
  }
  const app = buildHttp({
    head: rows,
    control: rowsControl(ringing),
    searches: rowsSearches(store.reads, () => rows, ordered),
    store: ringing,
    reads: { drafts, jobs: jobReads(store.reads), attempts: attemptReads(store.reads), events: eventReads(store.reads), inputs },
    identities: identities({
      store,
      tokens: tokenReads(store.reads),
      bearers: { nodeOf: (bearer) => bearers.get(bearer) ?? null },
      clock,
      random: randomBytes,
    }),
    guard,
    blobs: blobService(blobs, drafts, ringing),
    results: resultService(places, reader, logs),
    uploads: {
      putManifest: (id, manifest) => incoming.putManifest(id, manifest),
      putFiles: (id, source) => incoming.putFiles(id, source),
      complete: (id) => incoming.complete(id),
      settle: (id) => settleUpload(id, incoming, places),
      discardLate: (id) => discardLate(id, incoming, places),
      appendOutput: (id, offset, chunk, skipped) => logs.append(id, offset, chunk, skipped),
    },
    space,
    ops: buildOps({
      folder: dataPaths(folder),
      head: rows.facts,
      db: store.reads,
      store: ringing,
      settings: new Settings(folder, (message) => void errors.push(message)),
      drafts,
      incoming,
      logs,
      places,
      reader,
      blobs,
      space,
      clock,
      threads: inThisThread(folder),
    }),
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
    ordered,
    errors,
    bearers,
    get time() {
      return state.time
    },
    set time(value: number) {
      state.time = value
    },
    get space() {
      return state.space
    },
    set space(value: DiskSpace) {
      state.space = value
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
