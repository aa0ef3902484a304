// What the fake head answers to those who steer: it changes what it shows, as a head would.
import type { RouteName } from '../../shared/api/routes.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { FakeReply, FakeRequest } from './fake-head.ts'
import type { FakeState } from './fake-state.ts'

/** Null for a route that is not about steering. */
export function steerAnswers(state: FakeState, route: RouteName, { params, query, body }: FakeRequest): FakeReply | null {
  const id = Number(params['jobset'])
  switch (route) {
    case 'session':
      return json({
        role: 'user',
        name: state.user,
        head: { id: 'h', version: '0.1.0', startedAt: 1, grpc: '127.0.0.1:1', url: 'http://127.0.0.1:2' },
      })
    case 'setPriority': {
      const { priority } = body as { priority: number }
      state.change(id, { priority })
      return json({ jobset: id, priority })
    }
    case 'hold': {
      const jobset = state.jobsets.find((one) => one.id === id)
      const held = jobset?.held === null && jobset.state === 'active'
      if (held) state.change(id, { held: state.user })
      return json({ jobset: id, held })
    }
    case 'release': {
      const { jobs } = body as { jobs: string[] | null }
      const lifted = jobs === null && state.jobsets.find((one) => one.id === id)?.held !== null
      if (lifted) state.change(id, { held: null })
      return json({ jobset: id, lifted, released: jobs?.length ?? state.waiting })
    }
    case 'pauseNode': {
      const { seconds } = body as { seconds: number | null }
      const until = seconds === null ? null : state.now + seconds * 1000
      node(state, params).paused = { by: state.user, at: state.now, until }
      return json({ node: params['id'], until })
    }
    case 'resumeNode': {
      const one = node(state, params)
      const resumed = one.paused !== null
      one.paused = null
      return json({ node: one.id, resumed })
    }
    case 'clearNode':
      return json({ node: node(state, params).id, cleared: state.badBuilds })
    case 'attempts':
      return json({ attempts: state.attempts.get(Number(params['job'])) ?? [] })
    case 'events': {
      const after = Number(query['after'] ?? -1)
      const events = state.events.filter((event) => event.seq > after)
      const text = events.map((event) => `id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`).join('')
      return { bytes: Buffer.from(`: here\nretry: 2000\n\n${text}`) }
    }
    default:
      return null
  }
}

function node(state: FakeState, params: FakeRequest['params']) {
  const one = state.nodes.find((candidate) => candidate.id === params['id'] || candidate.name === params['id'])
  if (one === undefined) throw new DistError('not_found', 'no such node')
  return one
}

function json(value: unknown): FakeReply {
  return { json: value }
}
