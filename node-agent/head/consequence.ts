// What a failed transfer means: again, or never.
import { errorCodes } from '../../shared/base/error-codes.ts'
import { DistError } from '../../shared/base/errors.ts'

/** True when the same request may work later; a bearer that ran out is replaced by the next session. */
export function mayRetry(error: unknown): boolean {
  if (!(error instanceof DistError)) return false
  return error.code === 'unauthenticated' || errorCodes[error.code].consequence === 'retry'
}
