// The client against real sockets.
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createPlainServer } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { apiPrefix } from '../api/routes.ts'
import { DistError } from '../base/errors.ts'
import { HttpClient, pathPrefix } from './http.ts'
import { readJson } from './http-reply.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

interface Head {
  readonly server: Server
  readonly client: HttpClient
  readonly sockets: Set<unknown>
}

async function head(listener: RequestListener, options: { token?: string; silence?: number } = {}): Promise<Head> {
  const server = createServer(listener)
  const sockets = new Set<unknown>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new HttpClient({
    base,
    token: () => options.token ?? null,
    ...(options.silence === undefined ? {} : { silence: options.silence }),
  })
  closers.push(() => {
    client.close()
    server.close()
    server.closeAllConnections()
  })
  return { server, client, sockets }
}

async function text(body: IncomingMessage): Promise<string> {
  let all = ''
  for await (const chunk of body) all += String(chunk)
  return all
}

async function failure(promise: Promise<unknown>): Promise<DistError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof DistError)) throw new Error(`no DistError but ${String(error)}`)
  return error
}

test('the client and the contract agree on where the API begins', () => {
  expect(pathPrefix).toBe(apiPrefix)
})

test('a call carries method, path, query, token and JSON body, and gives the JSON reply', async () => {
  const { client } = await head(
    async (request, reply) => {
      const { method, url, headers } = request
      reply.end(JSON.stringify({ method, url, auth: headers.authorization, type: headers['content-type'], body: await text(request) }))
    },
    { token: 'secret' },
  )
  const seen = await client.json({ method: 'POST', path: '/drafts', query: { a: 'x y', b: 2, none: undefined }, body: { n: 1 } })
  expect(seen).toEqual({
    method: 'POST',
    url: '/api/v1/drafts?a=x%20y&b=2',
    auth: 'Bearer secret',
    type: 'application/json',
    body: '{"n":1}',
  })
})

test('calls one after the other share one connection', async () => {
  const { client, sockets } = await head((_, reply) => reply.end('{}'))
  for (let i = 0; i < 5; i++) await client.json({ method: 'GET', path: '/status' })
  expect(sockets.size).toBe(1)
})

test('an error reply becomes the DistError that it stands for', async () => {
  const { client } = await head((_, reply) => {
    reply
      .writeHead(409)
      .end(JSON.stringify({ error: { code: 'exists', message: 'there is one', hint: 'choose another', ids: { jobset: 3 } } }))
  })
  const error = await failure(client.json({ method: 'GET', path: '/x' }))
  expect({ code: error.code, message: error.message, hint: error.hint, ids: error.ids }).toEqual({
    code: 'exists',
    message: 'there is one',
    hint: 'choose another',
    ids: { jobset: 3 },
  })
})

test('an unknown error code and a reply that is none of ours are told by their status', async () => {
  const { client } = await head((request, reply) => {
    if (request.url?.endsWith('/new') === true) reply.writeHead(403).end('{"error":{"code":"of_tomorrow","message":"m"}}')
    else if (request.url?.endsWith('/proxy') === true) reply.writeHead(502).end('<html>Bad Gateway</html>')
    else reply.end('<html>hello</html>')
  })
  expect((await failure(client.json({ method: 'GET', path: '/new' }))).code).toBe('forbidden')
  expect((await failure(client.json({ method: 'GET', path: '/proxy' }))).code).toBe('unavailable')
  expect((await failure(client.json({ method: 'GET', path: '/html' }))).message).toMatch(/no dist head.*<html>hello/)
})

test('nothing that listens is `unreachable`, with the address and a hint', async () => {
  const { client, server } = await head((_, reply) => reply.end('{}'))
  await new Promise((resolve) => server.close(resolve))
  const error = await failure(client.json({ method: 'GET', path: '/status' }))
  expect(error.code).toBe('unreachable')
  expect(error.message).toMatch(/^cannot reach the head at http:\/\/127\.0\.0\.1:\d+: nothing listens there$/)
  expect(error.hint).toContain('dist-server')
})

test('an address that is none is a usage error', () => {
  for (const base of ['', 'lab1', 'ftp://lab1', '127.0.0.1:8952']) {
    expect(() => new HttpClient({ base, token: () => null })).toThrow(/is no address of a head/)
  }
})

test('a stream is uploaded as it comes and the reply body is read as it comes', async () => {
  const { client } = await head((request, reply) => request.pipe(reply))
  const piece = Buffer.alloc(1 << 16, 7)
  const reply = await client.open({
    method: 'PUT',
    path: '/big',
    contentType: 'application/x-tar',
    body: Readable.from(
      (function* () {
        for (let i = 0; i < 320; i++) yield piece
      })(),
    ),
  })
  let size = 0
  for await (const chunk of reply.body as AsyncIterable<Buffer>) size += chunk.length
  expect(size).toBe(320 * piece.length)
})

test('an error reply that comes before the upload ended is told and the upload is stopped', async () => {
  const { client } = await head((request, reply) => {
    request.once('data', () => reply.writeHead(413).end('{"error":{"code":"too_large","message":"no"}}'))
  })
  let stopped = false
  const body = new Readable({
    read() {
      setImmediate(() => this.push(Buffer.alloc(1000)))
    },
    destroy(_, done) {
      stopped = true
      done(null)
    },
  })
  expect((await failure(client.open({ method: 'PUT', path: '/x', body }))).code).toBe('too_large')
  expect(stopped).toBe(true)
})

test('a body that fails fails the call with its own error', async () => {
  const { client } = await head((request) => request.resume())
  const body = Readable.from(
    (async function* () {
      yield Buffer.from('x')
      throw new DistError('hash_mismatch', 'run.py changed')
    })(),
  )
  expect((await failure(client.open({ method: 'PUT', path: '/x', body }))).message).toBe('run.py changed')
})

test('an abort ends a call that waits, with the reason of the signal', async () => {
  const abort = new AbortController()
  const reason = new Error('enough')
  const { client } = await head(() => abort.abort(reason))
  await expect(client.json({ method: 'GET', path: '/wait', signal: abort.signal })).rejects.toBe(reason)
  await expect(client.json({ method: 'GET', path: '/wait', signal: abort.signal })).rejects.toBe(reason)
})

test('an abort ends a body that is being read', async () => {
  const abort = new AbortController()
  const { client } = await head((_, reply) => reply.write('first'))
  const { body } = await client.open({ method: 'GET', path: '/events', signal: abort.signal })
  body.once('data', () => abort.abort(new Error('enough')))
  await expect(new Promise((_, reject) => body.on('error', reject))).rejects.toThrow('enough')
})

test('silence ends a call', async () => {
  const { client } = await head(() => undefined, { silence: 30 })
  expect((await failure(client.json({ method: 'GET', path: '/x' }))).message).toMatch(/^no answer from .* for 0.03 s$/)
})

/** Answers the first request of a connection and cuts the connection when a second one comes on it. */
async function cuttingHead(): Promise<{ client: HttpClient; requests: () => number }> {
  let requests = 0
  const server = createPlainServer((socket) => {
    let seen = 0
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      if (!/^(GET|POST|PUT)/.test(data.toString())) return
      requests++
      seen++
      if (seen === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
      else socket.resetAndDestroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new HttpClient({ base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: () => null })
  closers.push(() => {
    client.close()
    server.close()
  })
  return { client, requests: () => requests }
}

test('a call that meets a closed idle connection is sent once more', async () => {
  const { client, requests } = await cuttingHead()
  await client.json({ method: 'GET', path: '/a' })
  expect(await client.json({ method: 'GET', path: '/b' })).toEqual({})
  expect(await client.json({ method: 'POST', path: '/c', body: {} })).toEqual({})
  const streamed = await client.open({ method: 'PUT', path: '/d', body: () => Readable.from([Buffer.from('x')]) })
  expect(await text(streamed.body)).toBe('{}')
  expect(requests()).toBe(7)
})

test('a stream that cannot be made again is not sent again', async () => {
  const { client } = await cuttingHead()
  await client.json({ method: 'GET', path: '/a' })
  const call = client.open({ method: 'PUT', path: '/b', body: Readable.from([Buffer.from('x')]) })
  expect((await failure(call)).code).toBe('unreachable')
})

test('an answer without end is given up', async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1 << 16, ' ')
    })(),
  )
  await expect(readJson(endless as IncomingMessage, 1 << 20)).rejects.toThrow(/with more than 1048576 bytes/)
  expect(endless.destroyed).toBe(true)
})
