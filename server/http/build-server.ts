// Builds the HTTP server from the contract table, apart from listening. Called by app.ts and by tests.
// A route of the table without a handler does not compile, and fails at start.
import { addAbortSignal } from 'node:stream'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { apiPrefix, routes } from '../../shared/api/routes.ts'
import { DistError } from '../../shared/base/errors.ts'
import { addAuthentication, nobody, unauthenticated } from './authenticate.ts'
import { closeConnections } from './close-connections.ts'
import type { AnyHandler, Call, HttpContext, HttpDeps, Route, RouteName, StreamReply } from './deps.ts'
import { allHandlers } from './handlers.ts'
import { cutLeftovers } from './leftovers.ts'
import { bodyLimit, headerBytes, idleMs } from './limits.ts'
import { LiveCalls } from './live-calls.ts'
import { parseParams } from './params.ts'
import { replyError } from './reply-error.ts'
import { Turns } from './turns.ts'
import { validate } from './validate.ts'

/** What app.ts listens with and closes. */
export type HttpServer = FastifyInstance

export function buildHttp(deps: HttpDeps): HttpServer {
  const context: HttpContext = { ...deps, calls: new LiveCalls(), turns: new Turns() }
  const app = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    http: { maxHeaderSize: headerBytes },
    connectionTimeout: idleMs,
    routerOptions: { maxParamLength: 2048 },
    // closeConnections does it
    forceCloseConnections: false,
    // a path that cannot even be decoded; hooks do not run for it
    frameworkErrors(error, request, reply) {
      const { authorization } = request.headers
      replyError(
        deps.log,
        deps.identities.callerOf(authorization) === null ? unauthenticated(authorization !== undefined) : error,
        request,
        reply,
      )
    },
  })
  addAuthentication(app, context)
  addRawBodies(app)
  app.setErrorHandler((error, request, reply) => replyError(deps.log, error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    replyError(deps.log, new DistError('not_found', `${request.method} on a path that is not part of the API`), request, reply)
  })
  app.addHook('onResponse', (request, reply, done) => {
    cutLeftovers(request.raw)
    const route = request.routeOptions.url ?? 'no route'
    deps.log.debug(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime), by: request.caller?.name },
      'http',
    )
    done()
  })
  closeConnections(app, context.calls)
  const handlers: Readonly<Record<string, unknown>> = allHandlers(context)
  for (const [name, route] of Object.entries(routes)) {
    const handler = handlers[name]
    if (typeof handler !== 'function') throw new DistError('bug', `the route ${name} has no handler`)
    addRoute(app, context, name as RouteName, route, handler as AnyHandler)
  }
  return app
}

/** Bodies that are no JSON are left for the handler to read. */
function addRawBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  const types = new Set(Object.values<Route>(routes).flatMap((route) => (route.stream === undefined ? [] : [route.stream])))
  for (const type of types) app.addContentTypeParser(type, (_request, payload, done) => done(null, payload))
}

function addRoute(app: FastifyInstance, context: HttpContext, name: RouteName, route: Route, handler: AnyHandler): void {
  app.route({
    method: route.method,
    url: `${apiPrefix}${route.path}`,
    bodyLimit: bodyLimit(name),
    config: { roles: route.roles },
    handler: async (request, reply) => {
      const answer = await handler(readCall(context, route, request))
      reply.code(route.status ?? 200)
      if (route.replyStream === undefined) return answer
      return sendStream(reply, route.replyStream, answer as StreamReply, context.calls.signalOf(request))
    },
  })
}

function readCall(context: HttpContext, route: Route, request: FastifyRequest): Call<never> {
  if (route.stream !== undefined && !(request.headers['content-type'] ?? '').startsWith(route.stream)) {
    throw new DistError('bad_request', `the body must be ${route.stream}`)
  }
  const call = {
    caller: request.caller ?? nobody,
    params: parseParams(request.params as Readonly<Record<string, unknown>>),
    query: route.query === undefined ? undefined : validate(route.query, request.query, 'the query'),
    body: route.body === undefined ? undefined : validate(route.body, request.body, 'the body'),
    stream: request.raw,
    headers: request.headers,
    signal: context.calls.signalOf(request),
  }
  return call as unknown as Call<never>
}

function sendStream(reply: FastifyReply, type: string, answer: StreamReply, signal: AbortSignal): FastifyReply {
  addAbortSignal(signal, answer.stream)
  reply
    .type(type)
    .header('x-content-type-options', 'nosniff')
    .headers(answer.headers ?? {})
  if (answer.length !== undefined) reply.header('content-length', answer.length)
  return reply.send(answer.stream)
}
