// `dist token create`: a new token; the secret goes to stdout alone, so that a script can catch it.
import { DistError } from '../../shared/base/errors.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'

const grantable = ['admin', 'user', 'observer']

/** --json: the API's reply, secret included. */
export async function createToken(context: Context, options: { readonly role: string; readonly name: string }): Promise<number> {
  if (!grantable.includes(options.role)) {
    const hint = options.role === 'node' ? 'nodes join by `dist node invite`' : `one of: ${grantable.join(', ')}`
    throw new DistError('usage', `--role ${options.role} is no role that a token can have`, { hint })
  }
  const head = await context.head()
  // sent once: a repeat after a lost answer would make a second token
  const reply = await head.createToken(options, context.signal)
  context.value(reply)
  context.print(reply.secret)
  context.note(context.err.dim(`token ${reply.id} of ${reply.name}, role ${reply.role}; it is not shown again`))
  return exitCode.done
}
