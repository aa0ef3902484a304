// All handlers by route name. A route of the contract without one does not compile.
import type { Handlers, HttpContext } from './deps.ts'
import { attemptHandlers } from './routes-attempts.ts'
import { blobHandlers } from './routes-blobs.ts'
import { controlHandlers } from './routes-control.ts'
import { draftHandlers } from './routes-drafts.ts'
import { eventHandlers } from './routes-events.ts'
import { headHandlers } from './routes-head.ts'
import { identityHandlers } from './routes-identities.ts'
import { importHandlers } from './routes-imports.ts'
import { jobsetHandlers } from './routes-jobsets.ts'
import { logHandlers } from './routes-logs.ts'
import { opsHandlers } from './routes-ops.ts'
import { resultHandlers } from './routes-results.ts'
import { searchHandlers } from './routes-searches.ts'
import { uploadHandlers } from './routes-uploads.ts'

export function allHandlers(context: HttpContext): Handlers {
  return {
    ...headHandlers(context),
    ...identityHandlers(context),
    ...draftHandlers(context),
    ...uploadHandlers(context),
    ...jobsetHandlers(context),
    ...controlHandlers(context),
    ...resultHandlers(context),
    ...importHandlers(context),
    ...searchHandlers(context),
    ...logHandlers(context),
    ...eventHandlers(context),
    ...blobHandlers(context),
    ...attemptHandlers(context),
    ...opsHandlers(context),
  }
}
