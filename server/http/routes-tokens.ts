// Routes of tokens. The secret is in one answer only; the row has its hash.
import { hashSecret, newToken } from '../security/secrets.ts'
import { listTokens } from '../store/reads/tokens.ts'
import type { Handlers, HttpContext } from './deps.ts'

export function tokenHandlers({ store, reads, random, calls }: HttpContext): Handlers<'tokens' | 'createToken' | 'revokeToken'> {
  return {
    tokens: () => ({ tokens: listTokens(reads) }),

    async createToken({ body, caller }) {
      const secret = newToken(random)
      const id = random(6).toString('hex')
      const row = await store.run('createToken', { id, name: body.name, role: body.role, hash: hashSecret(secret), by: caller.name })
      return { ...row, secret }
    },

    async revokeToken({ params, caller, signal }) {
      const row = await store.run('revokeToken', { id: params.id, by: caller.name })
      calls.endOf(row.id, signal)
      return row
    },
  }
}
