// The contract of the HTTP API, once: method, path, roles, schemas. The head builds its routes and its OpenAPI
// file from it, the client its typed calls. Bodies of kind `stream` are raw bytes and documented in `summary`.
import type { z } from 'zod'
import type { Role } from '../model/role.ts'
import * as shape from './shapes.ts'

export const apiPrefix = '/api/v1'

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** below apiPrefix, `:name` for parameters */
  readonly path: string
  /** who may call it; null = nobody's token is needed (enrol only) */
  readonly roles: readonly Role[] | null
  readonly summary: string
  readonly query?: z.ZodType
  /** JSON body */
  readonly body?: z.ZodType
  /** content type of a raw body, mutually exclusive with `body` */
  readonly stream?: string
  /** JSON reply */
  readonly reply?: z.ZodType
  /** content type of a raw reply, mutually exclusive with `reply` */
  readonly replyStream?: string
  /** status of success, 200 unless told */
  readonly status?: number
}

const readers = ['admin', 'user', 'observer'] as const
const writers = ['admin', 'user'] as const
const admins = ['admin'] as const
const nodes = ['node'] as const
const everyone = ['admin', 'user', 'observer', 'node'] as const

export const routes = {
  enroll: {
    method: 'POST',
    path: '/enroll',
    roles: null,
    body: shape.enrollRequest,
    reply: shape.enrollReply,
    summary: 'An agent trades a join code and its public key for a node id. The same key gets the same answer again.',
  },
  openapi: {
    method: 'GET',
    path: '/openapi.json',
    roles: everyone,
    reply: shape.openapiReply,
    summary: 'This contract as an OpenAPI document.',
  },
  session: {
    method: 'GET',
    path: '/session',
    roles: readers,
    reply: shape.sessionReply,
    summary: 'Who this token is, and what this head is.',
  },
  status: {
    method: 'GET',
    path: '/status',
    roles: readers,
    query: shape.statusQuery,
    reply: shape.statusReply,
    summary: 'Jobsets with their counts (newest first) and the nodes in brief.',
  },
  nodes: { method: 'GET', path: '/nodes', roles: readers, reply: shape.nodesReply, summary: 'Every node that ever joined.' },
  inviteNode: {
    method: 'POST',
    path: '/nodes/invite',
    roles: admins,
    reply: shape.inviteReply,
    status: 201,
    summary: 'Makes a join code: single use, 15 minutes.',
  },
  tokens: { method: 'GET', path: '/tokens', roles: admins, reply: shape.tokensReply, summary: 'Tokens, without their secrets.' },
  createToken: {
    method: 'POST',
    path: '/tokens',
    roles: admins,
    body: shape.createTokenRequest,
    reply: shape.createTokenReply,
    status: 201,
    summary: 'Makes a token; its secret is shown only here.',
  },
  revokeToken: {
    method: 'DELETE',
    path: '/tokens/:id',
    roles: admins,
    reply: shape.tokenReply,
    summary: 'Revokes a token and closes its live connections.',
  },

  createDraft: {
    method: 'POST',
    path: '/drafts',
    roles: writers,
    body: shape.createDraftRequest,
    reply: shape.draftReply,
    status: 201,
    summary: 'Opens a draft of a jobset. The same request id gets the same draft, or the finished jobset, again.',
  },
  putJobs: {
    method: 'PUT',
    path: '/drafts/:draft/jobs',
    roles: writers,
    stream: 'application/x-ndjson',
    reply: shape.putJobsReply,
    summary: 'All jobs of the draft, one JSON object (shape jobLine) a line, in file order. Replaces what was there.',
  },
  missingBlobs: {
    method: 'GET',
    path: '/drafts/:draft/missing',
    roles: writers,
    reply: shape.missingReply,
    summary: 'Contents that the draft names and the head lacks, with how much of each it has already.',
  },
  putBlobs: {
    method: 'POST',
    path: '/drafts/:draft/blobs',
    roles: writers,
    stream: 'application/x-tar',
    reply: shape.putBlobsReply,
    summary: 'Small contents, one tar entry each, named by SHA-256.',
  },
  putBlob: {
    method: 'PUT',
    path: '/drafts/:draft/blobs/:sha256',
    roles: writers,
    stream: 'application/octet-stream',
    query: shape.offsetQuery,
    reply: shape.putBlobReply,
    summary: 'One large content from byte `offset` on (what `missing` reported); hashed when whole.',
  },
  commitDraft: {
    method: 'POST',
    path: '/drafts/:draft/commit',
    roles: writers,
    reply: shape.jobsetReply,
    status: 201,
    summary: 'Makes the draft a jobset in one durable transaction. Repeating it gives the same jobset.',
  },
  dropDraft: { method: 'DELETE', path: '/drafts/:draft', roles: writers, reply: shape.okReply, summary: 'Throws a draft away.' },

  jobset: {
    method: 'GET',
    path: '/jobsets/:jobset',
    roles: readers,
    reply: shape.jobsetReply,
    summary: 'One jobset by id.',
  },
  findJobsets: {
    method: 'GET',
    path: '/jobsets',
    roles: readers,
    query: shape.findQuery,
    reply: shape.jobsetsReply,
    summary: 'Jobsets by `namespace` and/or `batch` (exact).',
  },
  jobs: {
    method: 'GET',
    path: '/jobsets/:jobset/jobs',
    roles: readers,
    query: shape.jobsQuery,
    reply: shape.jobsReply,
    summary: 'Jobs of a jobset in file order, paged by `after` (index of the last one seen) and `limit`.',
  },
  builds: {
    method: 'GET',
    path: '/jobsets/:jobset/builds',
    roles: readers,
    reply: shape.buildsReply,
    summary: 'Builds of a jobset, one a node.',
  },
  buildLog: {
    method: 'GET',
    path: '/builds/:attempt/log',
    roles: readers,
    query: shape.buildLogQuery,
    replyStream: 'text/plain; charset=utf-8',
    summary: 'Output of a build from byte `offset` on, as that of a job.',
  },
  wait: {
    method: 'GET',
    path: '/jobsets/:jobset/wait',
    roles: readers,
    query: shape.waitQuery,
    reply: shape.jobsetReply,
    summary: 'Answers when the revision of the jobset is above `after` or `seconds` (<= 30) are over.',
  },
  kill: {
    method: 'POST',
    path: '/jobsets/:jobset/kill',
    roles: writers,
    body: shape.killRequest,
    reply: shape.killReply,
    summary: 'Cancels a jobset, or the named jobs of it. Durable when answered; waits up to 15 s for the nodes.',
  },
  retry: {
    method: 'POST',
    path: '/jobsets/:jobset/retry',
    roles: writers,
    body: shape.retryRequest,
    reply: shape.retryReply,
    summary: 'Opens the next generation of jobs that ended badly: all of them, or the named ones. Succeeded jobs are never reopened.',
  },
  drainNode: {
    method: 'POST',
    path: '/nodes/:id/drain',
    roles: admins,
    body: shape.drainRequest,
    reply: shape.okReply,
    summary: 'Asks a node to finish what it runs and leave; after `seconds` it stops its jobs and hands them back.',
  },
  results: {
    method: 'GET',
    path: '/jobsets/:jobset/results',
    roles: readers,
    query: shape.jobsQuery,
    reply: shape.resultsReply,
    summary: 'Committed manifests, job by job in file order, paged like `jobs`.',
  },
  fetchFiles: {
    method: 'POST',
    path: '/jobsets/:jobset/files',
    roles: readers,
    body: shape.fetchRequest,
    replyStream: 'application/x-tar',
    summary: 'A tar of the wanted committed files, entries `<job>/<path>`.',
  },
  file: {
    method: 'GET',
    path: '/jobs/:job/files/*',
    roles: readers,
    query: shape.offsetQuery,
    replyStream: 'application/octet-stream',
    summary: 'One committed file of a job from byte `offset` on.',
  },
  jobLog: {
    method: 'GET',
    path: '/jobs/:job/log',
    roles: readers,
    query: shape.logQuery,
    replyStream: 'text/plain; charset=utf-8',
    summary: 'Output of a job from byte `offset` on, live or committed; headers x-dist-* and `wait` are told in docs/live-output.md.',
  },
  events: {
    method: 'GET',
    path: '/events',
    roles: readers,
    query: shape.eventsQuery,
    replyStream: 'text/event-stream',
    summary: 'Server-sent events, resumable by Last-Event-ID; `reset` when that is too old.',
  },

  blob: {
    method: 'GET',
    path: '/blobs/:sha256',
    roles: nodes,
    query: shape.offsetQuery,
    replyStream: 'application/octet-stream',
    summary: 'One content, from byte `offset` on, for a node that was given work which needs it.',
  },
  fetchBlobs: {
    method: 'POST',
    path: '/blobs/fetch',
    roles: nodes,
    body: shape.fetchBlobsRequest,
    replyStream: 'application/x-tar',
    summary: 'A tar of small contents, entries named by SHA-256.',
  },
  putManifest: {
    method: 'PUT',
    path: '/attempts/:attempt/manifest',
    roles: nodes,
    body: shape.manifestRequest,
    reply: shape.manifestReply,
    summary: 'What an attempt produced; the reply names the paths whose bytes are still missing.',
  },
  putFiles: {
    method: 'PUT',
    path: '/attempts/:attempt/files',
    roles: nodes,
    stream: 'application/x-tar',
    reply: shape.manifestReply,
    summary: 'Files of the manifest, entries named by path. What arrived whole counts, also when the stream breaks.',
  },
  putLog: {
    method: 'PUT',
    path: '/attempts/:attempt/log',
    roles: nodes,
    stream: 'application/octet-stream',
    query: shape.chunkQuery,
    reply: shape.putLogReply,
    summary: 'A numbered chunk of live output, beginning at byte `offset`.',
  },
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof routes
