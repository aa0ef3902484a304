// Routes that steer what is at work: priority, hold and release of jobsets, pause, resume and clear of nodes; attempts of a job.
import { admins, type Route, readers, writers } from './route.ts'
import * as shape from './shapes-control.ts'

export const controlRoutes = {
  setPriority: {
    method: 'POST',
    path: '/jobsets/:jobset/priority',
    roles: writers,
    body: shape.priorityRequest,
    reply: shape.priorityReply,
    summary: 'Another priority for a jobset; higher ones are offered to nodes first.',
  },
  hold: {
    method: 'POST',
    path: '/jobsets/:jobset/hold',
    roles: writers,
    reply: shape.holdReply,
    summary: 'The jobset gets no nodes until it is released; what runs goes on.',
  },
  release: {
    method: 'POST',
    path: '/jobsets/:jobset/release',
    roles: writers,
    body: shape.releaseRequest,
    reply: shape.releaseReply,
    summary: 'Lifts the hold of a jobset, and ends the back-off of its jobs; with names only that of those jobs.',
  },
  pauseNode: {
    method: 'POST',
    path: '/nodes/:id/pause',
    roles: admins,
    body: shape.pauseRequest,
    reply: shape.pauseReply,
    summary: 'The node gets no new work, for `seconds` or until it is resumed; what runs there goes on.',
  },
  resumeNode: {
    method: 'POST',
    path: '/nodes/:id/resume',
    roles: admins,
    reply: shape.resumeReply,
    summary: 'Ends the pause of a node.',
  },
  clearNode: {
    method: 'POST',
    path: '/nodes/:id/clear',
    roles: admins,
    reply: shape.clearReply,
    summary: 'Forgets the builds that failed on a node: jobsets at work may be built there again.',
  },
  attempts: {
    method: 'GET',
    path: '/jobs/:job/attempts',
    roles: readers,
    reply: shape.attemptsReply,
    summary: 'Every attempt of a job, in the order in which nodes were given it.',
  },
} as const satisfies Record<string, Route>
