// Which error of ours stands for an error of python/dist_suggest. Used by suggester.ts.

import type { ErrorCode } from '../../shared/base/error-codes.ts'
import { DistError } from '../../shared/base/errors.ts'

const codes: Readonly<Record<string, ErrorCode>> = {
  unknown_algorithm: 'bad_jobset',
  bad_space: 'bad_jobset',
  bad_config: 'bad_jobset',
  bad_point: 'bad_jobset',
  missing_package: 'missing_program',
  failed: 'optimiser_failed',
}

/** Codes that are not listed are for what only a mistake of the head brings about. */
export function replyError(reply: { readonly code: string; readonly message: string; readonly hint: string | null }): DistError {
  const code = codes[reply.code] ?? 'bug'
  return new DistError(code, reply.message, reply.hint === null ? {} : { hint: reply.hint })
}
