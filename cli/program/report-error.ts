// Errors as people see them: one line of what, one of what to do. With --json one object, also on stderr.
import { DistError, errorMessage, systemCode } from '../../shared/base/errors.ts'
import type { Io } from '../local/io.ts'
import { makePalette } from '../render/palette.ts'
import { oneLine } from '../render/text-width.ts'
import { ReportedError } from '../reported-error.ts'

export interface ReportOptions {
  readonly json: boolean
  readonly verbose: boolean
  readonly colour: boolean
}

const bugHint = 'this is a bug of dist; run it again with --verbose and report what it prints'

export function reportError(error: unknown, io: Io, options: ReportOptions): void {
  if (error instanceof ReportedError) return
  const { code, message, hint } = facts(error, io)
  if (options.json) {
    io.stderr.write(`${JSON.stringify({ error: { code, message, ...(hint === undefined ? {} : { hint }) } })}\n`)
    return
  }
  const palette = makePalette(io.stderr, io, options.colour)
  io.stderr.write(`${palette.red('dist:')} ${oneLine(message)}\n`)
  if (hint !== undefined) io.stderr.write(`      ${oneLine(hint)}\n`)
  if (options.verbose && error instanceof Error) io.stderr.write(`${palette.dim(details(error))}\n`)
}

function facts(error: unknown, io: Io): { readonly code: string; readonly message: string; readonly hint: string | undefined } {
  if (io.signal.aborted) return { code: 'interrupted', message: 'interrupted', hint: undefined }
  if (error instanceof DistError) return { code: error.code, message: error.message, hint: hintOf(error) }
  // what the disk or the network said about something that no command foresaw
  if (systemCode(error) !== undefined) return { code: 'data_folder', message: errorMessage(error), hint: 'look at the place that it names' }
  return { code: 'bug', message: errorMessage(error), hint: bugHint }
}

function hintOf(error: DistError): string | undefined {
  if (error.hint !== undefined) return error.hint
  switch (error.code) {
    case 'unauthenticated':
      return 'set DIST_TOKEN to a token of this head; its administrator makes one with: dist token create --role user --name YOU'
    case 'forbidden':
      return 'this token may not do that; see `dist token list` for roles, or ask the administrator'
    case 'bug':
      return bugHint
    default:
      return undefined
  }
}

function details(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${details(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
