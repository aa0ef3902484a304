// Routes of tokens, join codes and enrolment. A secret is in one answer only; the rows have hashes.
import type { Handlers, HttpContext } from './deps.ts'

type Names = 'tokens' | 'createToken' | 'revokeToken' | 'inviteNode' | 'enroll'

export function identityHandlers({ head, identities, calls }: HttpContext): Handlers<Names> {
  return {
    tokens: () => ({ tokens: identities.tokens() }),
    createToken: ({ body, caller }) => identities.createToken(body.name, body.role, caller.name),

    async revokeToken({ params, caller, signal }) {
      const row = await identities.revokeToken(params.id, caller.name)
      calls.endOf(row.id, signal)
      return row
    },

    async inviteNode() {
      const { code, expiresAt } = await identities.invite()
      return { code, expiresAt, line: `dist-agent --head ${head.facts.url} --join ${code}` }
    },

    async enroll({ body }) {
      const node = await identities.enroll(body)
      return { node, grpc: head.facts.grpc, head: head.facts.id }
    },
  }
}
