// `dist node invite`: the one line to paste on a new node.

import { formatDuration } from '../../shared/text/duration.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'

/** --json: the API's reply `{code, expiresAt, line}`. */
export async function inviteNode(context: Context): Promise<number> {
  const head = await context.head()
  // not idempotent, but a code that nobody saw just expires
  const reply = await context.patiently('look', () => head.inviteNode(context.signal))
  context.value(reply)
  context.print(reply.line)
  context.note(context.err.dim(`works once, for ${formatDuration(Math.max(0, reply.expiresAt - context.now()))}`))
  return exitCode.done
}
