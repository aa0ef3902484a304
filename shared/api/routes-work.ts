// Routes that only nodes call: inputs of their work out, results in.
import { nodes, type Route } from './route.ts'
import * as shape from './shapes.ts'

export const workRoutes = {
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
