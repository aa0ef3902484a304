// Every error code of the product, once: HTTP status and consequence for whoever receives it.
// `retry`: the same request may work later. `give-up`: it will not. `bug`: report it.

interface CodeFacts {
  readonly status: number
  readonly consequence: 'retry' | 'give-up' | 'bug'
}

export const errorCodes = {
  bad_jobset: { status: 400, consequence: 'give-up' },
  bad_request: { status: 400, consequence: 'give-up' },
  bad_path: { status: 400, consequence: 'give-up' },
  bad_archive: { status: 400, consequence: 'give-up' },
  usage: { status: 400, consequence: 'give-up' },
  unauthenticated: { status: 401, consequence: 'give-up' },
  bad_join_code: { status: 401, consequence: 'give-up' },
  forbidden: { status: 403, consequence: 'give-up' },
  not_found: { status: 404, consequence: 'give-up' },
  no_search: { status: 404, consequence: 'give-up' },
  ambiguous: { status: 409, consequence: 'give-up' },
  exists: { status: 409, consequence: 'give-up' },
  over_quota: { status: 403, consequence: 'give-up' },
  superseded: { status: 409, consequence: 'give-up' },
  incomplete: { status: 409, consequence: 'retry' },
  bad_offset: { status: 409, consequence: 'retry' },
  hash_mismatch: { status: 422, consequence: 'retry' },
  too_large: { status: 413, consequence: 'give-up' },
  not_yet: { status: 501, consequence: 'give-up' },
  unavailable: { status: 503, consequence: 'retry' },
  disk_full: { status: 507, consequence: 'retry' },
  unreachable: { status: 503, consequence: 'retry' },
  locked: { status: 409, consequence: 'give-up' },
  data_folder: { status: 500, consequence: 'give-up' },
  missing_program: { status: 500, consequence: 'give-up' },
  optimiser_failed: { status: 503, consequence: 'retry' },
  version: { status: 426, consequence: 'give-up' },
  bug: { status: 500, consequence: 'bug' },
} as const satisfies Record<string, CodeFacts>

export type ErrorCode = keyof typeof errorCodes

/** True for a code that this build knows (a peer may be newer). */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text)
}
