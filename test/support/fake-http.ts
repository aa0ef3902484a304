// The head's HTTP routes that an agent uses, in tests: enrolment, blobs, results, live logs; all kept in memory.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sha256 } from '../../shared/files/digest.ts'
import { readTar } from '../../shared/files/tar-extract.ts'
import { packTar } from '../../shared/files/tar-pack.ts'
import type { ManifestEntry } from '../../shared/model/manifest.ts'

export interface FakeUpload {
  manifest: readonly ManifestEntry[]
  readonly files: Map<string, Buffer>
}

export class FakeHttp {
  readonly codes = new Set(['let-me-in'])
  /** public keys by node id */
  readonly keys = new Map<string, string>()
  readonly blobs = new Map<string, Buffer>()
  readonly uploads = new Map<string, FakeUpload>()
  readonly logs = new Map<string, Buffer>()
  readonly requests: string[] = []
  readonly bearer = randomBytes(16).toString('hex')
  grpc = ''
  changed: () => void = () => undefined
  /** answers the next uploads of files with a broken connection */
  breakUploads = 0
  /** breaks off the next single blobs half-way */
  breakBlobs = 0

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#answer(request, response).then(
      () => this.changed(),
      (error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ error: { code: 'bug', message: String(error) } }))
      },
    )
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://head')
    const [, part, id, what] = url.pathname.replace('/api/v1', '').split('/')
    this.requests.push(`${request.method} ${url.pathname}${url.search}`)
    if (part === 'enroll') return this.#enroll(JSON.parse((await readAll(request)).toString()), response)
    if (request.headers.authorization !== `Bearer ${this.bearer}`) return fail(response, 401, 'unauthenticated')
    if (part === 'blobs' && id === 'fetch') return this.#fetchBlobs(JSON.parse((await readAll(request)).toString()), response)
    if (part === 'blobs' && id !== undefined) {
      const data = this.blobs.get(id)
      if (data === undefined) return fail(response, 404, 'not_found')
      const rest = data.subarray(Number(url.searchParams.get('offset') ?? 0))
      if (this.breakBlobs-- > 0) response.write(rest.subarray(0, rest.length / 2), () => response.destroy())
      else response.end(rest)
      return
    }
    if (part !== 'attempts' || id === undefined) return fail(response, 404, 'not_found')
    if (what === 'manifest') return this.#manifest(id, JSON.parse((await readAll(request)).toString()), response)
    if (what === 'files') return await this.#files(id, request, response)
    return this.#log(id, Number(url.searchParams.get('offset')), await readAll(request), response)
  }

  #enroll(body: { code: string; key: string }, response: ServerResponse): void {
    if (!this.codes.has(body.code)) {
      fail(response, 401, 'bad_join_code')
      return
    }
    const known = [...this.keys].find(([, key]) => key === body.key)
    const node = known?.[0] ?? randomBytes(6).toString('hex')
    this.keys.set(node, body.key)
    reply(response, { node, grpc: this.grpc, head: 'fake' })
  }

  #fetchBlobs(body: { blobs: string[] }, response: ServerResponse): void {
    if (body.blobs.some((hash) => !this.blobs.has(hash))) {
      fail(response, 404, 'not_found')
      return
    }
    const sources = body.blobs.map((hash) => {
      const data = this.blobs.get(hash) ?? Buffer.alloc(0)
      return { kind: 'file' as const, path: hash, size: data.length, mode: 0o644, data }
    })
    packTar(sources).pipe(response)
  }

  #manifest(id: string, body: { manifest: ManifestEntry[] }, response: ServerResponse): void {
    const upload = this.uploads.get(id) ?? { manifest: [], files: new Map<string, Buffer>() }
    this.uploads.set(id, { ...upload, manifest: body.manifest })
    reply(response, { missing: this.#missing(id) })
  }

  async #files(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.breakUploads > 0) {
      this.breakUploads--
      request.destroy()
      return
    }
    await readTar(request, async (entry, body) => {
      const chunks: Buffer[] = []
      for await (const chunk of body) chunks.push(chunk)
      this.uploads.get(id)?.files.set(entry.path, Buffer.concat(chunks))
    })
    reply(response, { missing: this.#missing(id) })
  }

  #missing(id: string): string[] {
    const upload = this.uploads.get(id)
    return (upload?.manifest ?? []).flatMap((entry) => {
      if (entry.kind !== 'file') return []
      const data = upload?.files.get(entry.path)
      return data !== undefined && sha256(data) === entry.sha256 ? [] : [entry.path]
    })
  }

  #log(id: string, offset: number, chunk: Buffer, response: ServerResponse): void {
    const have = this.logs.get(id) ?? Buffer.alloc(0)
    if (offset > have.length) {
      fail(response, 409, 'bad_offset', { have: have.length })
      return
    }
    const next = offset + chunk.length <= have.length ? have : Buffer.concat([have.subarray(0, offset), chunk])
    this.logs.set(id, next)
    reply(response, { have: next.length })
  }
}

function reply(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

function fail(response: ServerResponse, status: number, code: string, ids: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: { code, message: `refused: ${code}`, hint: 'a test did this', ids } }))
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
