// Fetches blobs that the node lacks: small ones of one turn in one tar, large ones each, resumed where they broke off.
// Retries as long as the head may still answer well; waits out sessions.
import { createWriteStream, rmSync, statSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { DistError, isDiskFull } from '../../shared/base/errors.ts'
import { readTar } from '../../shared/files/tar-extract.ts'
import type { HttpClient } from '../../shared/net/http.ts'
import type { Bearer } from './bearer.ts'
import { mayRetry } from './consequence.ts'
import { pauseBeforeRetry } from './pause.ts'

export interface Blob {
  readonly sha256: string
  readonly size: number
}

/** Where blobs go (stage/cache.ts). */
export interface BlobSink {
  store(hash: string, data: Buffer): void
  partPath(hash: string): string
  adopt(hash: string, signal: AbortSignal): Promise<void>
}

/** Up to this many bytes a blob travels in a tar with others. */
const smallBlob = 256 * 1024
const groupBlobs = 1000
const groupBytes = 16 << 20
const largeAtOnce = 3
const badHashTries = 3

export class BlobFetcher {
  readonly #http: HttpClient
  readonly #bearer: Bearer
  readonly #sink: BlobSink
  readonly #signal: AbortSignal
  /** on its way: whoever else needs it waits for the same fetch */
  readonly #coming = new Map<string, Promise<void>>()
  #small: Wanted[] = []
  #large: Wanted[] = []
  #running = 0
  #turn: NodeJS.Immediate | null = null

  constructor(http: HttpClient, bearer: Bearer, sink: BlobSink, signal: AbortSignal) {
    this.#http = http
    this.#bearer = bearer
    this.#sink = sink
    this.#signal = signal
  }

  /** Resolves when all of them lie in the sink; rejects with the error of the first that never will. */
  async fetch(blobs: readonly Blob[]): Promise<void> {
    await Promise.all(blobs.map((blob) => this.#want(blob)))
  }

  #want(blob: Blob): Promise<void> {
    const coming = this.#coming.get(blob.sha256)
    if (coming !== undefined) return coming
    const promise = new Promise<void>((resolve, reject) => {
      const wanted = { blob, resolve, reject }
      if (blob.size <= smallBlob) this.#small.push(wanted)
      else this.#large.push(wanted)
    }).finally(() => this.#coming.delete(blob.sha256))
    this.#coming.set(blob.sha256, promise)
    this.#turn ??= setImmediate(() => {
      this.#turn = null
      this.#start()
    })
    return promise
  }

  #start(): void {
    while (this.#small.length > 0) void this.#settle(takeGroup(this.#small), (group) => this.#fetchGroup(group))
    while (this.#running < largeAtOnce) {
      const next = this.#large.shift()
      if (next === undefined) return
      this.#running++
      void this.#settle([next], () => this.#fetchLarge(next.blob)).finally(() => {
        this.#running--
        this.#start()
      })
    }
  }

  async #settle(group: Wanted[], work: (blobs: Map<string, Blob>) => Promise<void>): Promise<void> {
    const open = new Map(group.map((wanted) => [wanted.blob.sha256, wanted.blob]))
    try {
      await this.#persist(() => work(open))
      for (const wanted of group) wanted.resolve()
    } catch (error) {
      const left = group.filter((wanted) => open.has(wanted.blob.sha256))
      for (const wanted of group) if (!left.includes(wanted)) wanted.resolve()
      // the head refuses the whole for one that it does not have: each is asked for alone, so that the others still come
      if (left.length > 1 && !this.#signal.aborted) for (const wanted of left) void this.#settle([wanted], work)
      else for (const wanted of left) wanted.reject(error)
    }
  }

  /** Tries until it works, or until trying is useless. */
  async #persist(work: () => Promise<void>): Promise<void> {
    for (let tries = 0, damaged = 0; ; tries++) {
      await this.#bearer.ready(this.#signal)
      try {
        await work()
        return
      } catch (error) {
        this.#signal.throwIfAborted()
        if (error instanceof DistError && error.code === 'hash_mismatch') damaged++
        if (!mayRetry(error) || damaged >= badHashTries) throw error
      }
      await pauseBeforeRetry(tries, this.#signal)
    }
  }

  /** Takes out of `open` what arrived, so that a second try asks only for the rest. */
  async #fetchGroup(open: Map<string, Blob>): Promise<void> {
    const body = Buffer.from(JSON.stringify({ blobs: [...open.keys()] }))
    const signal = this.#signal
    const reply = await this.#http.open({ method: 'POST', path: '/blobs/fetch', body, contentType: 'application/json', signal })
    await readTar(
      reply.body,
      async (entry, content) => {
        if (entry.kind !== 'file' || !open.has(entry.path)) return
        const chunks: Buffer[] = []
        for await (const chunk of content) chunks.push(chunk)
        this.#sink.store(entry.path, Buffer.concat(chunks))
        open.delete(entry.path)
      },
      { maxEntryBytes: smallBlob },
    )
    const [missing] = open.keys()
    if (missing !== undefined) throw new DistError('not_found', `the head did not send blob ${missing}`)
  }

  async #fetchLarge(blob: Blob): Promise<void> {
    const part = this.#sink.partPath(blob.sha256)
    let have = statSync(part, { throwIfNoEntry: false })?.size ?? 0
    if (have > blob.size) have = 0
    if (have < blob.size) {
      const reply = await this.#http.open({ method: 'GET', path: `/blobs/${blob.sha256}`, query: { offset: have }, signal: this.#signal })
      await pipeline(reply.body, createWriteStream(part, { flags: have === 0 ? 'w' : 'a' })).catch((error: unknown) => {
        if (isDiskFull(error)) {
          // half of it would keep the disk full for everybody
          rmSync(part, { force: true })
          throw error
        }
        throw new DistError('unreachable', `blob ${blob.sha256} broke off`, { cause: error })
      })
    }
    await this.#sink.adopt(blob.sha256, this.#signal)
  }
}

interface Wanted {
  readonly blob: Blob
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

function takeGroup(waiting: Wanted[]): Wanted[] {
  let bytes = 0
  let count = 0
  while (count < waiting.length && count < groupBlobs && (count === 0 || bytes + (waiting[count]?.blob.size ?? 0) <= groupBytes)) {
    bytes += waiting[count]?.blob.size ?? 0
    count++
  }
  return waiting.splice(0, count)
}
