// Routes by which results that were computed elsewhere, on a cluster, come to a jobset's jobs (`dist import`).
import { type Route, writers } from './route.ts'
import * as shape from './shapes.ts'
import * as imports from './shapes-imports.ts'

export const importRoutes = {
  importManifest: {
    method: 'PUT',
    path: '/jobsets/:jobset/imports/:attempt/manifest',
    roles: writers,
    body: shape.manifestRequest,
    reply: shape.manifestReply,
    summary: 'What an attempt that ran elsewhere produced; the reply names the paths whose bytes are still missing.',
  },
  importFiles: {
    method: 'PUT',
    path: '/jobsets/:jobset/imports/:attempt/files',
    roles: writers,
    stream: 'application/x-tar',
    reply: shape.manifestReply,
    summary: 'Files of that manifest, entries named by path. What arrived whole counts, also when the stream breaks.',
  },
  importAttempts: {
    method: 'POST',
    path: '/jobsets/:jobset/imports',
    roles: writers,
    body: imports.importRequest,
    reply: imports.importReply,
    summary: 'Commits attempts whose files are here, each once, as the results of their jobs. Repeating it changes nothing.',
  },
} as const satisfies Record<string, Route>
