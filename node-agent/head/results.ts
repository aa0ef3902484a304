// Ships a large result: its manifest, then a tar of what the head lacks, until nothing is missing. Lives as long as
// the session; a new one begins with the manifest again and sends only the rest.
import { DistError } from '../../shared/base/errors.ts'
import { packTar, type TarSource } from '../../shared/files/tar-pack.ts'
import type { Manifest } from '../../shared/model/manifest.ts'
import type { HttpClient } from '../../shared/net/http.ts'
import type { Bearer } from './bearer.ts'
import { mayRetry } from './consequence.ts'
import { pauseBeforeRetry } from './pause.ts'

export interface ShippableParcel {
  readonly manifest: Manifest
  /** where each file's bytes are, by path */
  readonly sources: ReadonlyMap<string, { readonly kind: 'path'; readonly path: string } | { readonly kind: 'data'; readonly data: Buffer }>
}

export type ShipEnd =
  | { readonly kind: 'shipped' }
  /** the session ended; the next one asks again */
  | { readonly kind: 'paused' }
  | { readonly kind: 'refused'; readonly reason: string }

const changedTries = 3

/** Never rejects for what the network or the head does. `signal`: the agent ends. */
export async function shipResult(
  http: HttpClient,
  bearer: Bearer,
  id: string,
  parcel: ShippableParcel,
  signal: AbortSignal,
): Promise<ShipEnd> {
  for (let tries = 0, damaged = 0; ; tries++) {
    try {
      await bearer.ready(signal)
      await send(http, id, parcel, AbortSignal.any([signal, bearer.signal]))
      return { kind: 'shipped' }
    } catch (error) {
      if (signal.aborted || bearer.signal.aborted) return { kind: 'paused' }
      // another attempt won: there is nothing to send, and the verdict will say so
      if (error instanceof DistError && error.code === 'superseded') return { kind: 'shipped' }
      if (error instanceof DistError && error.code === 'hash_mismatch') damaged++
      if (!mayRetry(error) || damaged >= changedTries)
        return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) }
    }
    const over = AbortSignal.any([signal, bearer.signal])
    await pauseBeforeRetry(tries, over).catch(() => undefined)
  }
}

interface Missing {
  readonly missing: readonly string[]
}

async function send(http: HttpClient, id: string, parcel: ShippableParcel, signal: AbortSignal): Promise<void> {
  const body = { manifest: parcel.manifest }
  let { missing } = await http.json<Missing>({ method: 'PUT', path: `/attempts/${id}/manifest`, body, signal })
  while (missing.length > 0) {
    const wanted = new Set(missing)
    const stream = () => packTar(sources(parcel, wanted))
    const reply = await http.open({ method: 'PUT', path: `/attempts/${id}/files`, body: stream, contentType: 'application/x-tar', signal })
    const next = await readMissing(reply.body)
    if (next.length >= missing.length) throw new DistError('incomplete', `the head still lacks ${next[0]} of attempt ${id}`)
    missing = next
  }
}

function* sources(parcel: ShippableParcel, wanted: ReadonlySet<string>): Generator<TarSource> {
  for (const entry of parcel.manifest) {
    if (entry.kind !== 'file' || !wanted.has(entry.path)) continue
    const source = parcel.sources.get(entry.path)
    if (source === undefined) continue
    const { path, size, mode } = entry
    if (source.kind === 'data') yield { kind: 'file', path, size, mode, data: source.data }
    else yield { kind: 'file', path, size, mode, file: source.path }
  }
}

async function readMissing(body: AsyncIterable<Buffer>): Promise<readonly string[]> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  const reply = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Missing
  return reply.missing
}
