// Routes about the head and its nodes: session, status, nodes, the API's own description.
import type { Handlers, HttpContext } from './deps.ts'
import { openApi } from './openapi.ts'

export function headHandlers({ head, clock }: HttpContext): Handlers<'session' | 'status' | 'nodes' | 'drainNode' | 'openapi'> {
  let description: Record<string, unknown> | null = null
  return {
    session: ({ caller }) => ({ role: caller.role, name: caller.name, head: { ...head.facts } }),

    status({ query }) {
      const nodes = head.nodes()
      const online = nodes.filter(({ state }) => state === 'idle' || state === 'busy' || state === 'building')
      return {
        head: { version: head.facts.version, startedAt: head.facts.startedAt, now: clock.wall(), notice: head.notice() },
        ...head.jobsets({ all: query.all === 'true', limit: query.limit }),
        nodes: { total: nodes.length, online: online.length, busy: online.filter(({ state }) => state !== 'idle').length },
      }
    },

    nodes: () => ({ nodes: head.nodes() }),

    drainNode({ params, body }) {
      head.drainNode(params.id, body.seconds)
      return { ok: true }
    },

    openapi() {
      description ??= openApi(head.facts.version)
      return description
    },
  }
}
