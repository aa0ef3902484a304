// HTTP/1.1 client of the CLI and the agent for the head's API: keep-alive, streams both ways, errors as DistError.
// node:http and no schemas, because every command pays for what it loads (undici costs 50 ms).
import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as startRequest,
} from 'node:http'
import { Readable } from 'node:stream'
import { DistError, errorMessage, systemCode } from '../base/errors.ts'
import { readError, readJson } from './http-reply.ts'

/** Where the API begins; equals apiPrefix of shared/api/routes.ts, which would load the schemas (a test compares). */
export const pathPrefix = '/api/v1'

interface HttpOptions {
  /** `http://host:port`, maybe with a path in front of the API */
  readonly base: string
  /** asked for at every request: it may change */
  readonly token: () => string | null
  /** ms without a byte in either direction after which a request fails; 0 = wait for ever. 90 s unless told */
  readonly silence?: number
  /** for the server's log */
  readonly userAgent?: string
}

type QueryValue = string | number | boolean | undefined
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

interface HttpCall {
  readonly method: Method
  /** below /api/v1; parts that are not constants go through encodeURIComponent first */
  readonly path: string
  readonly query?: Readonly<Record<string, QueryValue>>
  readonly signal?: AbortSignal | undefined
  /** twice is not the same as once: sent on a connection of its own, which cannot be stale, and never again */
  readonly once?: boolean
}

export interface OpenCall extends HttpCall {
  readonly headers?: Readonly<Record<string, string>>
  /** a function makes a fresh stream for every try, so that a closed idle socket can be retried */
  readonly body?: Buffer | Readable | (() => Readable)
  readonly contentType?: string
}

export interface HttpReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** must be read to its end or destroyed */
  readonly body: IncomingMessage
}

const defaultSilence = 90_000

export class HttpClient {
  readonly base: string
  readonly #url: URL
  readonly #agent = new Agent({ keepAlive: true, scheduling: 'lifo' })
  readonly #token: () => string | null
  readonly #silence: number
  readonly #userAgent: string

  constructor(options: HttpOptions) {
    this.#url = parseBase(options.base)
    this.base = options.base
    this.#token = options.token
    this.#silence = options.silence ?? defaultSilence
    this.#userAgent = options.userAgent ?? 'dist'
  }

  /** One call with JSON both ways; `T` is trusted: both ends are built from one contract. */
  async json<T>(call: HttpCall & { readonly body?: unknown }): Promise<T> {
    const { body, ...rest } = call
    const sent = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)), contentType: 'application/json' }
    const reply = await this.open({ ...rest, ...sent })
    try {
      return (await readJson(reply.body)) as T
    } catch (error) {
      throw call.signal?.aborted === true ? call.signal.reason : error
    }
  }

  /**
   * One call with raw bodies; resolves when the head of a good reply is there (status < 400), else throws the DistError
   * of the reply, `unreachable` when there was none, or the signal's reason.
   */
  async open(call: OpenCall): Promise<HttpReply> {
    call.signal?.throwIfAborted()
    try {
      return await this.#send(call)
    } catch (error) {
      // the server closed the idle socket just as we took it: nothing was answered, and calls are idempotent where they do not say `once`
      if (!(error instanceof StaleSocket)) throw error
      if (call.body instanceof Readable) throw this.#unreachable(error.cause)
      try {
        return await this.#send(call)
      } catch (second) {
        throw second instanceof StaleSocket ? this.#unreachable(second.cause) : second
      }
    }
  }

  /** Closes idle connections; running calls fail. */
  close(): void {
    this.#agent.destroy()
  }

  #send(call: OpenCall): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const request = this.#start(call)
      const body = typeof call.body === 'function' ? call.body() : call.body
      const signal = call.signal
      let reply: IncomingMessage | null = null
      const end = (reason: Error) => (reply ?? request).destroy(reason)
      const aborted = () => end(signal?.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'))
      signal?.addEventListener('abort', aborted, { once: true })
      const failed = (error: unknown): void => {
        if (reply !== null) return
        signal?.removeEventListener('abort', aborted)
        if (body instanceof Readable) body.destroy()
        if (signal?.aborted === true) reject(signal.reason)
        else if (error instanceof DistError) reject(error)
        else if (request.reusedSocket && isHangUp(error)) reject(new StaleSocket(error))
        else reject(this.#unreachable(error))
      }
      request.on('error', failed)
      request.on('timeout', () => {
        end(new DistError('unreachable', `no answer from ${this.base} for ${this.#silence / 1000} s`, { hint: reachHint }))
      })
      request.on('response', (message) => {
        reply = message
        // until then an abort also ends a body that is being read
        message.on('close', () => signal?.removeEventListener('abort', aborted))
        const status = message.statusCode ?? 0
        if (status < 300) {
          resolve({ status, headers: message.headers, body: message })
          return
        }
        if (body instanceof Readable) body.destroy()
        readError(message, this.base)
          .then((error) => reject(signal?.aborted === true ? signal.reason : error), reject)
          // a body that was cut short leaves the connection unusable
          .finally(() => request.writableFinished || request.destroy())
      })
      sendBody(request, body, failed)
    })
  }

  #start(call: OpenCall): ClientRequest {
    const url = this.#url
    const token = this.#token()
    const headers: OutgoingHttpHeaders = { 'user-agent': this.#userAgent, ...call.headers }
    if (token !== null) headers.authorization = `Bearer ${token}`
    if (call.contentType !== undefined) headers['content-type'] = call.contentType
    if (call.body instanceof Buffer) headers['content-length'] = String(call.body.length)
    const path = `${url.pathname.replace(/\/$/, '')}${pathPrefix}${call.path}${queryText(call.query)}`
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const agent = call.once === true ? false : this.#agent
    const options = { host, port: url.port === '' ? 80 : Number(url.port), method: call.method, path, headers, agent }
    return startRequest({ ...options, timeout: this.#silence })
  }

  #unreachable(cause: unknown): DistError {
    const code = systemCode(cause)
    const why = code === 'ECONNREFUSED' ? 'nothing listens there' : code === 'ENOTFOUND' ? 'no such host' : errorMessage(cause)
    return new DistError('unreachable', `cannot reach the head at ${this.base}: ${why}`, { hint: reachHint, cause })
  }
}

const reachHint = 'check the address and that the head runs there (dist-server)'

class StaleSocket extends Error {
  constructor(cause: unknown) {
    super('the idle connection was closed', { cause })
  }
}

function isHangUp(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(systemCode(error) ?? '')
}

function sendBody(request: ClientRequest, body: Buffer | Readable | undefined, onError: (error: unknown) => void): void {
  if (!(body instanceof Readable)) {
    request.end(body)
    return
  }
  body.on('error', (error) => {
    onError(error instanceof DistError ? error : new DistError('unreachable', `sending failed: ${errorMessage(error)}`, { cause: error }))
    request.destroy()
  })
  request.on('close', () => body.destroy())
  body.pipe(request)
}

function queryText(query: Readonly<Record<string, QueryValue>> = {}): string {
  const parts = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${encodeURIComponent(String(value))}`],
  )
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

function parseBase(base: string): URL {
  const hint = 'write it as http://HOST:PORT, for example http://127.0.0.1:8952'
  let url: URL
  try {
    url = new URL(base)
  } catch (cause) {
    throw new DistError('usage', `${JSON.stringify(base)} is no address of a head`, { hint, cause })
  }
  if (url.protocol === 'https:')
    throw new DistError('not_yet', `${base}: https is not there yet`, { hint: 'use http:// on a network you trust' })
  if (url.protocol !== 'http:' || url.hostname === '')
    throw new DistError('usage', `${JSON.stringify(base)} is no address of a head`, { hint })
  return url
}
