// The contract of the HTTP API, once: method, path, roles, schemas. The head builds its routes and its OpenAPI file from
// it, the client its typed calls. Bodies of kind `stream` are raw bytes and documented in `summary`. One file a group.
import type { Route } from './route.ts'
import { controlRoutes } from './routes-control.ts'
import { draftRoutes } from './routes-drafts.ts'
import { headRoutes } from './routes-head.ts'
import { identityRoutes } from './routes-identities.ts'
import { importRoutes } from './routes-imports.ts'
import { jobsetRoutes } from './routes-jobsets.ts'
import { opsRoutes } from './routes-ops.ts'
import { resultRoutes } from './routes-results.ts'
import { searchRoutes } from './routes-searches.ts'
import { workRoutes } from './routes-work.ts'

export type { Route } from './route.ts'

export const apiPrefix = '/api/v1'

export const routes = {
  ...identityRoutes,
  ...headRoutes,
  ...draftRoutes,
  ...jobsetRoutes,
  ...controlRoutes,
  ...resultRoutes,
  ...importRoutes,
  ...searchRoutes,
  ...opsRoutes,
  ...workRoutes,
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof routes
