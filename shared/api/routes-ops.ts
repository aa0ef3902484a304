// Routes that keep a head in order: backup, check of everything that is kept, collecting what nothing needs.
import { admins, type Route } from './route.ts'
import * as shape from './shapes-ops.ts'

export const opsRoutes = {
  backup: {
    method: 'GET',
    path: '/backup',
    roles: admins,
    replyStream: 'application/x-tar',
    summary: 'The data folder as a tar, consistent while the head works. Its last entry is `backup.json`; without it the tar is not whole.',
  },
  verify: {
    method: 'GET',
    path: '/verify',
    roles: admins,
    replyStream: 'application/x-ndjson',
    summary:
      'Hashes everything that is kept and compares it with the rows; objects of shared/model/verify.ts, one a line. Changes nothing.',
  },
  collect: {
    method: 'POST',
    path: '/gc',
    roles: admins,
    body: shape.collectRequest,
    replyStream: 'application/x-ndjson',
    summary:
      'Removes what nothing needs, and what retention gives up; with `dry` only says what. Objects of shared/model/collect.ts, one a line.',
  },
} as const satisfies Record<string, Route>
