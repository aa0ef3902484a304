// Typed calls for results that were computed without us: `dist import`. A part of client.ts.
import type { Readable } from 'node:stream'
import type { Manifest } from '../model/manifest.ts'
import type { HttpClient } from '../net/http.ts'
import { readJson } from '../net/http-reply.ts'
import type { ImportItem, ImportReply } from './types.ts'

export class ImportClient {
  readonly #http: HttpClient

  constructor(http: HttpClient) {
    this.#http = http
  }

  /** What an attempt that ran elsewhere produced; answers the paths whose bytes are missing. */
  manifest(jobset: number, attempt: string, manifest: Manifest, signal?: AbortSignal): Promise<{ readonly missing: readonly string[] }> {
    return this.#http.json({ method: 'PUT', path: `/jobsets/${jobset}/imports/${attempt}/manifest`, body: { manifest }, signal })
  }

  async files(
    jobset: number,
    attempt: string,
    body: () => Readable,
    signal?: AbortSignal,
  ): Promise<{ readonly missing: readonly string[] }> {
    const path = `/jobsets/${jobset}/imports/${attempt}/files`
    const reply = await this.#http.open({ method: 'PUT', path, body, contentType: 'application/x-tar', signal })
    return (await readJson(reply.body)) as { readonly missing: readonly string[] }
  }

  attempts(jobset: number, items: readonly ImportItem[], signal?: AbortSignal): Promise<ImportReply> {
    return this.#http.json({ method: 'POST', path: `/jobsets/${jobset}/imports`, body: { items }, signal })
  }
}
