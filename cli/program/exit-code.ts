// Exit status of the command line (cli.md): 0 done, 1 what was asked for failed, 2 wrong usage or input, 130 interrupted.
import type { ErrorCode } from '../../shared/base/error-codes.ts'
import { DistError } from '../../shared/base/errors.ts'

export const exitCode = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

const usageCodes: readonly ErrorCode[] = ['usage', 'bad_jobset', 'ambiguous']

/** Status for an error that ended a command. */
export function exitCodeOf(error: unknown, signal: AbortSignal): number {
  if (signal.aborted) return exitCode.interrupted
  return error instanceof DistError && usageCodes.includes(error.code) ? exitCode.usage : exitCode.failed
}
