// Routes of what jobs left behind: results, output, events.
import { type Route, readers } from './route.ts'
import * as shape from './shapes.ts'

export const resultRoutes = {
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
  buildLog: {
    method: 'GET',
    path: '/builds/:attempt/log',
    roles: readers,
    query: shape.buildLogQuery,
    replyStream: 'text/plain; charset=utf-8',
    summary: 'Output of a build from byte `offset` on, as that of a job.',
  },
  events: {
    method: 'GET',
    path: '/events',
    roles: readers,
    query: shape.eventsQuery,
    replyStream: 'text/event-stream',
    summary: 'Server-sent events, resumable by Last-Event-ID; `reset` when that is too old.',
  },
} as const satisfies Record<string, Route>
