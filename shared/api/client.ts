// Typed calls of the HTTP API, one method a route. Used by the command line. It knows paths and shapes by type only:
// the contract table would load the schemas (36 ms a command); client.test.ts compares every call with that table.
import type { Readable } from 'node:stream'
import type { JobsetSpec } from '../model/jobset.ts'
import type { Provenance, SubmitMode } from '../model/submission.ts'
import type { HttpClient, HttpReply, OpenCall } from '../net/http.ts'
import { readJson } from '../net/http-reply.ts'
import { ImportClient } from './client-imports.ts'
import { SearchClient } from './client-searches.ts'
import type {
  AttemptReply,
  BlobStateReply,
  BuildReply,
  ClearReply,
  CommitReply,
  DraftReply,
  HoldReply,
  InviteReply,
  JobReply,
  JobsetReply,
  KeptAttemptReply,
  KillReply,
  MissingReply,
  NewTokenReply,
  NodeReply,
  PauseReply,
  PriorityReply,
  ReleaseReply,
  ResultReply,
  ResumeReply,
  SessionReply,
  StatusReply,
  TokenReply,
} from './types.ts'

export interface DraftRequest {
  /** 32 hex digits, made once per `dist add` */
  readonly requestId: string
  readonly spec: JobsetSpec
  readonly jobCount: number
  /** the jobset file as written */
  readonly text: string
  readonly mode: SubmitMode
  readonly provenance: Provenance | null
}

export interface JobsPage {
  /** index of the last job seen, -1 for the first page */
  readonly after?: number
  readonly limit?: number
  readonly state?: JobReply['state']
  readonly name?: string
}

export interface WantedFile {
  readonly job: number
  readonly path: string
  /** absent: the job's result */
  readonly attempt?: string
}

export interface LogQuery {
  readonly offset: number
  /** s to wait for the first byte */
  readonly wait?: number
}

/** Every method takes a signal as its last argument and throws DistError. */
export class HeadClient {
  readonly #http: HttpClient

  constructor(http: HttpClient) {
    this.#http = http
  }

  get base(): string {
    return this.#http.base
  }

  close(): void {
    this.#http.close()
  }

  session(signal?: AbortSignal): Promise<SessionReply> {
    return this.#http.json({ method: 'GET', path: '/session', signal })
  }

  status(options: { readonly all: boolean; readonly limit: number }, signal?: AbortSignal): Promise<StatusReply> {
    return this.#http.json({ method: 'GET', path: '/status', query: options, signal })
  }

  nodes(signal?: AbortSignal): Promise<{ readonly nodes: readonly NodeReply[] }> {
    return this.#http.json({ method: 'GET', path: '/nodes', signal })
  }

  inviteNode(signal?: AbortSignal): Promise<InviteReply> {
    return this.#http.json({ method: 'POST', path: '/nodes/invite', signal })
  }

  tokens(signal?: AbortSignal): Promise<{ readonly tokens: readonly TokenReply[] }> {
    return this.#http.json({ method: 'GET', path: '/tokens', signal })
  }

  createToken(body: { readonly name: string; readonly role: string }, signal?: AbortSignal): Promise<NewTokenReply> {
    return this.#http.json({ method: 'POST', path: '/tokens', body, signal })
  }

  revokeToken(id: string, signal?: AbortSignal): Promise<TokenReply> {
    return this.#http.json({ method: 'DELETE', path: `/tokens/${encodeURIComponent(id)}`, signal })
  }

  createDraft(body: DraftRequest, signal?: AbortSignal): Promise<DraftReply> {
    return this.#http.json({ method: 'POST', path: '/drafts', body, signal })
  }

  /** `body` makes the NDJSON stream, once for every try. */
  putJobs(draft: string, body: () => Readable, signal?: AbortSignal): Promise<{ readonly jobs: number }> {
    return this.#send({ method: 'PUT', path: `/drafts/${draft}/jobs`, body, contentType: 'application/x-ndjson', signal })
  }

  missingBlobs(draft: string, signal?: AbortSignal): Promise<MissingReply> {
    return this.#http.json({ method: 'GET', path: `/drafts/${draft}/missing`, signal })
  }

  putBlobs(draft: string, body: () => Readable, signal?: AbortSignal): Promise<{ readonly stored: number }> {
    return this.#send({ method: 'POST', path: `/drafts/${draft}/blobs`, body, contentType: 'application/x-tar', signal })
  }

  putBlob(draft: string, sha256: string, offset: number, body: () => Readable, signal?: AbortSignal): Promise<BlobStateReply> {
    const path = `/drafts/${draft}/blobs/${sha256}`
    return this.#send({ method: 'PUT', path, query: { offset }, body, contentType: 'application/octet-stream', signal })
  }

  commitDraft(draft: string, signal?: AbortSignal): Promise<CommitReply> {
    return this.#http.json({ method: 'POST', path: `/drafts/${draft}/commit`, signal })
  }

  dropDraft(draft: string, signal?: AbortSignal): Promise<{ readonly ok: true }> {
    return this.#http.json({ method: 'DELETE', path: `/drafts/${draft}`, signal })
  }

  jobset(jobset: number, signal?: AbortSignal): Promise<JobsetReply> {
    return this.#http.json({ method: 'GET', path: `/jobsets/${jobset}`, signal })
  }

  findJobsets(
    query: { readonly namespace?: string; readonly batch?: string; readonly versions?: boolean },
    signal?: AbortSignal,
  ): Promise<{ readonly jobsets: readonly JobsetReply[] }> {
    return this.#http.json({ method: 'GET', path: '/jobsets', query, signal })
  }

  jobs(jobset: number, page: JobsPage, signal?: AbortSignal): Promise<{ readonly jobs: readonly JobReply[]; readonly more: boolean }> {
    return this.#http.json({ method: 'GET', path: `/jobsets/${jobset}/jobs`, query: { ...page }, signal })
  }

  builds(jobset: number, signal?: AbortSignal): Promise<{ readonly builds: readonly BuildReply[] }> {
    return this.#http.json({ method: 'GET', path: `/jobsets/${jobset}/builds`, signal })
  }

  /** Answers when the jobset's revision is above `after`, or after `seconds` (<= 30). */
  wait(jobset: number, after: number, seconds: number, signal?: AbortSignal): Promise<JobsetReply> {
    return this.#http.json({ method: 'GET', path: `/jobsets/${jobset}/wait`, query: { after, seconds }, signal })
  }

  /** `jobs`: names, null for all. */
  kill(jobset: number, jobs: readonly string[] | null, signal?: AbortSignal): Promise<KillReply> {
    return this.#http.json({ method: 'POST', path: `/jobsets/${jobset}/kill`, body: { jobs }, signal })
  }

  /** `jobs`: names, null for all that ended badly; `unfinished`: only those without a committed result. */
  retry(
    jobset: number,
    jobs: readonly string[] | null,
    signal?: AbortSignal,
    unfinished = false,
  ): Promise<{ readonly jobset: number; readonly retried: number }> {
    return this.#http.json({ method: 'POST', path: `/jobsets/${jobset}/retry`, body: { jobs, unfinished }, signal })
  }

  setPriority(jobset: number, priority: number, signal?: AbortSignal): Promise<PriorityReply> {
    return this.#http.json({ method: 'POST', path: `/jobsets/${jobset}/priority`, body: { priority }, signal })
  }

  hold(jobset: number, signal?: AbortSignal): Promise<HoldReply> {
    return this.#http.json({ method: 'POST', path: `/jobsets/${jobset}/hold`, signal })
  }

  /** `jobs`: names; null = the whole jobset. */
  release(jobset: number, jobs: readonly string[] | null, signal?: AbortSignal): Promise<ReleaseReply> {
    return this.#http.json({ method: 'POST', path: `/jobsets/${jobset}/release`, body: { jobs }, signal })
  }

  /** `seconds` null = until it is resumed. */
  pauseNode(id: string, seconds: number | null, signal?: AbortSignal): Promise<PauseReply> {
    return this.#http.json({ method: 'POST', path: `/nodes/${encodeURIComponent(id)}/pause`, body: { seconds }, signal })
  }

  resumeNode(id: string, signal?: AbortSignal): Promise<ResumeReply> {
    return this.#http.json({ method: 'POST', path: `/nodes/${encodeURIComponent(id)}/resume`, signal })
  }

  clearNode(id: string, signal?: AbortSignal): Promise<ClearReply> {
    return this.#http.json({ method: 'POST', path: `/nodes/${encodeURIComponent(id)}/clear`, signal })
  }

  attempts(job: number, signal?: AbortSignal): Promise<{ readonly attempts: readonly AttemptReply[] }> {
    return this.#http.json({ method: 'GET', path: `/jobs/${job}/attempts`, signal })
  }

  /** Server-sent events after `after`, of one jobset or of all. */
  events(query: { readonly jobset?: number; readonly after?: number }, signal?: AbortSignal): Promise<HttpReply> {
    return this.#http.open({ method: 'GET', path: '/events', query: { ...query }, signal })
  }

  /** After `seconds` the node's jobs are stopped and handed back; null = it waits for them. */
  drainNode(id: string, seconds: number | null, signal?: AbortSignal): Promise<{ readonly ok: true }> {
    return this.#http.json({ method: 'POST', path: `/nodes/${encodeURIComponent(id)}/drain`, body: { seconds }, signal })
  }

  results(
    jobset: number,
    page: JobsPage & { readonly since?: number },
    signal?: AbortSignal,
  ): Promise<{ readonly results: readonly ResultReply[]; readonly more: boolean; readonly at: number }> {
    return this.#http.json({ method: 'GET', path: `/jobsets/${jobset}/results`, query: { ...page }, signal })
  }

  /** Results that were computed without us (client-imports.ts). */
  get imports(): ImportClient {
    return new ImportClient(this.#http)
  }

  /** Searches and their trials (client-searches.ts). */
  get searches(): SearchClient {
    return new SearchClient(this.#http)
  }

  keptAttempts(
    jobset: number,
    page: { readonly after: number; readonly limit: number },
    signal?: AbortSignal,
  ): Promise<{ readonly attempts: readonly KeptAttemptReply[]; readonly more: boolean }> {
    return this.#http.json({ method: 'GET', path: `/jobsets/${jobset}/attempts`, query: { ...page }, signal })
  }

  /** A parcel (shared/files/parcel.ts) of the files, by their number in the list. */
  fetchFiles(jobset: number, files: readonly WantedFile[], signal?: AbortSignal): Promise<HttpReply> {
    const body = Buffer.from(JSON.stringify({ files }))
    return this.#http.open({ method: 'POST', path: `/jobsets/${jobset}/files`, body, contentType: 'application/json', signal })
  }

  /** One file from byte `offset` on. */
  file({ job, path, attempt }: WantedFile, offset: number, signal?: AbortSignal): Promise<HttpReply> {
    const escaped = path.split('/').map(encodeURIComponent).join('/')
    return this.#http.open({ method: 'GET', path: `/jobs/${job}/files/${escaped}`, query: { offset, attempt }, signal })
  }

  /** The headers say where the reply begins, and whether there is more (routes.ts). */
  jobLog(job: number, query: LogQuery & { readonly attempt?: number; readonly id?: string }, signal?: AbortSignal): Promise<HttpReply> {
    return this.#http.open({ method: 'GET', path: `/jobs/${job}/log`, query: { ...query }, signal })
  }

  buildLog(attempt: string, query: LogQuery, signal?: AbortSignal): Promise<HttpReply> {
    return this.#http.open({ method: 'GET', path: `/builds/${encodeURIComponent(attempt)}/log`, query: { ...query }, signal })
  }

  /** The data folder as a tar. */
  backup(signal?: AbortSignal): Promise<HttpReply> {
    return this.#http.open({ method: 'GET', path: '/backup', signal })
  }

  /** Lines of shared/model/verify.ts. */
  verify(signal?: AbortSignal): Promise<HttpReply> {
    return this.#http.open({ method: 'GET', path: '/verify', signal })
  }

  /** Lines of shared/model/collect.ts. */
  collect(dry: boolean, signal?: AbortSignal): Promise<HttpReply> {
    const body = Buffer.from(JSON.stringify({ dry }))
    return this.#http.open({ method: 'POST', path: '/gc', body, contentType: 'application/json', signal })
  }

  /** A raw body out, JSON back. */
  async #send<T>(call: OpenCall): Promise<T> {
    const reply = await this.#http.open(call)
    return (await readJson(reply.body)) as T
  }
}
