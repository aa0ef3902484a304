// The one error class that crosses our borders: a stable code, what happened, what to do about it.
// Codes are listed once, in error-codes.ts, and documented in docs/errors.md (a test compares them).
import { type ErrorCode, errorCodes } from './error-codes.ts'

export interface ErrorDetails {
  /** One line: what the reader should do. */
  readonly hint?: string
  /** Ids that help to find the place: job, attempt, node, path. */
  readonly ids?: Readonly<Record<string, string | number>>
  readonly cause?: unknown
}

export class DistError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly ids: Readonly<Record<string, string | number>>

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'DistError'
    this.code = code
    this.hint = details.hint
    this.ids = details.ids ?? {}
  }

  /** HTTP status that stands for this error. */
  get status(): number {
    return errorCodes[this.code].status
  }
}

/** Text of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A disk, or the share of it that its user may have, was full. */
export function isDiskFull(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/** `code` of a Node system error (`ENOSPC`, `ECONNREFUSED`, …) or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
