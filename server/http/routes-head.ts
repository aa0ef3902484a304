// Routes about the head and its nodes: session, status, nodes, invite, enrol, the API's own description.
import { canonicalKey, assertNodeName } from '../security/node-key.ts'
import { hashSecret, newJoinCode } from '../security/secrets.ts'
import type { NodeId } from '../../shared/model/ids.ts'
import type { Handlers, HttpContext } from './deps.ts'
import { openApi } from './openapi.ts'

const codeLifeMs = 15 * 60_000

type Names = 'session' | 'status' | 'nodes' | 'inviteNode' | 'enroll' | 'openapi'

export function headHandlers({ head, store, clock, random }: HttpContext): Handlers<Names> {
  let description: Record<string, unknown> | null = null
  return {
    session: ({ caller }) => ({ role: caller.role, name: caller.name, head: { ...head.facts } }),

    status({ query }) {
      const nodes = head.nodes()
      const online = nodes.filter(({ state }) => state === 'idle' || state === 'busy' || state === 'building')
      return {
        head: { version: head.facts.version, startedAt: head.facts.startedAt, now: clock.wall() },
        ...head.jobsets({ all: query.all === 'true', limit: query.limit }),
        nodes: { total: nodes.length, online: online.length, busy: online.filter(({ state }) => state !== 'idle').length },
      }
    },

    nodes: () => ({ nodes: head.nodes() }),

    async inviteNode() {
      const code = newJoinCode(random)
      const expiresAt = clock.wall() + codeLifeMs
      await store.run('createInvite', { hash: hashSecret(code), expiresAt })
      return { code, expiresAt, line: `dist-agent --head ${head.facts.url} --join ${code}` }
    },

    async enroll({ body }) {
      assertNodeName(body.name)
      const id = random(6).toString('hex') as NodeId
      const key = canonicalKey(body.key)
      const { node } = await store.run('enroll', { hash: hashSecret(body.code), key, name: body.name, version: body.version, id })
      return { node, grpc: head.facts.grpc, head: head.facts.id }
    },

    openapi() {
      description ??= openApi(head.facts.version)
      return description
    },
  }
}
