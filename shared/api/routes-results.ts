// Routes of what jobs left behind: results, output, events.
import { parcelType } from '../files/parcel.ts'
import { type Route, readers } from './route.ts'
import * as shape from './shapes.ts'

export const resultRoutes = {
  results: {
    method: 'GET',
    path: '/jobsets/:jobset/results',
    roles: readers,
    query: shape.resultsQuery,
    reply: shape.resultsReply,
    summary: 'Committed manifests, job by job in file order, paged like `jobs`; with `since` only of jobs committed after that `at`.',
  },
  keptAttempts: {
    method: 'GET',
    path: '/jobsets/:jobset/attempts',
    roles: readers,
    query: shape.attemptsQuery,
    reply: shape.attemptsReply,
    summary: 'Manifests of attempts that are no results: failed, superseded or cancelled ones of which something is kept.',
  },
  fetchFiles: {
    method: 'POST',
    path: '/jobsets/:jobset/files',
    roles: readers,
    body: shape.fetchRequest,
    replyStream: parcelType,
    summary: 'The wanted files as a parcel (shared/files/parcel.ts), of the committed or the named attempts.',
  },
  file: {
    method: 'GET',
    path: '/jobs/:job/files/*',
    roles: readers,
    query: shape.fileQuery,
    replyStream: 'application/octet-stream',
    summary: 'One file of a job, of its committed or the named attempt, from byte `offset` on.',
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
