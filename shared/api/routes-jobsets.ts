// Routes that look at jobsets, stop them and run them again.
import { type Route, readers, writers } from './route.ts'
import * as shape from './shapes.ts'

export const jobsetRoutes = {
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
} as const satisfies Record<string, Route>
