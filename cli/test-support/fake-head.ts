// A head for tests of the command line: a real HTTP server that takes only what the contract table has, checks bodies
// and replies against its schemas, and can break off at any request. State and answers are in fake-state.ts.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { apiPrefix, type Route, type RouteName, routes } from '../../shared/api/routes.ts'
import { DistError } from '../../shared/base/errors.ts'
import { answers } from './fake-answers.ts'
import { searchAnswers } from './fake-searches.ts'
import { FakeState } from './fake-state.ts'

/** What happens to a request: `before` = cut before anything was done, `after` = done, but the answer is lost. */
export type Fault = 'none' | 'before' | 'after'

export interface FakeRequest {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
  readonly bytes: Buffer
}

/** JSON, or bytes to send as they are; `cutAfter` breaks the connection there. `raw` answers as it likes. */
export type FakeReply =
  | { readonly json: unknown }
  | { readonly bytes: Buffer; readonly cutAfter?: number }
  | { readonly raw: (response: ServerResponse) => void }

export class FakeHead {
  readonly state = new FakeState()
  readonly seen: RouteName[] = []
  readonly token = 'test-token'
  /** decides for each request; `count` is how often this route was asked before */
  fault: (route: RouteName, count: number) => Fault = () => 'none'
  /** replaces answers of a route, schema or not: a hostile head */
  readonly lies = new Map<RouteName, (request: FakeRequest) => FakeReply>()
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<FakeHead> {
    const server = createServer()
    const head = new FakeHead(server)
    server.on('request', (request, response) => {
      head.#handle(request, response).catch((error: unknown) => {
        if (!response.headersSent) sendError(response, error)
        else response.destroy()
      })
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    return head
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://head')
    const found = match(request.method ?? '', url.pathname)
    if (found === null) throw new DistError('not_found', `no route ${request.method} ${url.pathname}`)
    const { name, params } = found
    const route: Route = routes[name]
    const count = this.seen.filter((seen) => seen === name).length
    this.seen.push(name)
    if (request.headers.authorization !== `Bearer ${this.token}`) throw new DistError('unauthenticated', 'no valid token')
    const fault = this.fault(name, count)
    if (fault === 'before') {
      request.socket.destroy()
      return
    }
    const bytes = await readAll(request)
    const query = route.query === undefined ? {} : (route.query.parse(Object.fromEntries(url.searchParams)) as Record<string, unknown>)
    const body = route.body === undefined ? null : route.body.parse(JSON.parse(bytes.toString() || '{}'))
    const call = { params, query, body, bytes }
    const lie = this.lies.get(name)
    const answer = () => searchAnswers(this.state, name, call) ?? answers(this.state, name, call)
    const reply = lie === undefined ? await answer() : lie(call)
    if (lie === undefined && 'json' in reply) route.reply?.parse(reply.json)
    if (fault === 'after') {
      request.socket.destroy()
      return
    }
    send(response, reply, route.status ?? 200)
  }
}

function send(response: ServerResponse, reply: FakeReply, status: number): void {
  if ('raw' in reply) {
    reply.raw(response)
    return
  }
  if ('json' in reply) {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.json))
    return
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  if (reply.cutAfter === undefined) response.end(reply.bytes)
  else response.write(reply.bytes.subarray(0, reply.cutAfter), () => response.destroy())
}

function sendError(response: ServerResponse, error: unknown): void {
  const known = error instanceof DistError ? error : new DistError('bad_request', String(error))
  const hint = known.hint === undefined ? {} : { hint: known.hint }
  response.writeHead(known.status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ error: { code: known.code, message: known.message, ...hint } }))
}

function match(method: string, path: string): { readonly name: RouteName; readonly params: Record<string, string> } | null {
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    if (route.method !== method) continue
    const pattern = `${apiPrefix}${route.path}`.replace(/:(\w+)/g, '(?<$1>[^/]+)').replace(/\*$/, '(?<rest>.+)')
    const found = new RegExp(`^${pattern}$`).exec(path)
    if (found === null) continue
    const params = Object.fromEntries(Object.entries(found.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]))
    return { name, params }
  }
  return null
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
