// Routes of a jobset that is being submitted, and of its contents on their way in.
import { type Route, writers } from './route.ts'
import { offsetQuery, okReply } from './shapes.ts'
import * as shape from './shapes-drafts.ts'

export const draftRoutes = {
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
    query: offsetQuery,
    reply: shape.putBlobReply,
    summary: 'One large content from byte `offset` on (what `missing` reported); hashed when whole.',
  },
  commitDraft: {
    method: 'POST',
    path: '/drafts/:draft/commit',
    roles: writers,
    reply: shape.commitDraftReply,
    status: 201,
    summary:
      'Makes the draft a jobset, or its jobs a part of one (`mode`), in one durable transaction. Repeating it gives the same answer.',
  },
  dropDraft: { method: 'DELETE', path: '/drafts/:draft', roles: writers, reply: okReply, summary: 'Throws a draft away.' },
} as const satisfies Record<string, Route>
