// `dist token revoke ID`: the token stops working at once.
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'

/** --json: the API's reply, the token. */
export async function revokeToken(context: Context, id: string): Promise<number> {
  const head = await context.head()
  const reply = await context.patiently('change', () => head.revokeToken(id, context.signal))
  context.value(reply)
  context.print(`revoked ${reply.id} of ${reply.name}, role ${reply.role}`)
  return exitCode.done
}
