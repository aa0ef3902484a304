// Routes of searches: the state of one, its trials, extending, stopping, running failed trials again.
import { type Route, readers, writers } from './route.ts'
import * as shape from './shapes-searches.ts'

export const searchRoutes = {
  search: {
    method: 'GET',
    path: '/jobsets/:jobset/search',
    roles: readers,
    reply: shape.searchReply,
    summary: 'The search of a jobset: how far it is, its best trial or its Pareto front.',
  },
  trials: {
    method: 'GET',
    path: '/jobsets/:jobset/search/trials',
    roles: readers,
    query: shape.trialsQuery,
    reply: shape.trialsReply,
    summary: 'Trials of a search by number, or as they end (`since` a revision).',
  },
  searchSpace: {
    method: 'GET',
    path: '/jobsets/:jobset/search/space',
    roles: readers,
    reply: shape.spaceReply,
    summary: 'The parameters of a search and their domains, compiled.',
  },
  extendSearch: {
    method: 'POST',
    path: '/jobsets/:jobset/search/extend',
    roles: writers,
    body: shape.extendRequest,
    reply: shape.searchReply,
    summary: 'Adds samples to a search; one that is done goes on.',
  },
  stopSearch: {
    method: 'POST',
    path: '/jobsets/:jobset/search/stop',
    roles: writers,
    body: shape.stopRequest,
    reply: shape.searchReply,
    summary: 'Starts no more trials; with `cancel` ends those that run.',
  },
  retryTrials: {
    method: 'POST',
    path: '/jobsets/:jobset/search/retry',
    roles: writers,
    reply: shape.retryTrialsReply,
    summary: 'Runs the trials that ended without a result again.',
  },
} as const satisfies Record<string, Route>
