// Routes about the head and its nodes.
import { admins, everyone, type Route, readers } from './route.ts'
import * as shape from './shapes.ts'

export const headRoutes = {
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
  drainNode: {
    method: 'POST',
    path: '/nodes/:id/drain',
    roles: admins,
    body: shape.drainRequest,
    reply: shape.okReply,
    summary: 'Asks a node to finish what it runs and leave; after `seconds` it stops its jobs and hands them back.',
  },
} as const satisfies Record<string, Route>
