// Small contents that come in one tar stream: each is hashed, written beside and renamed; one sync per batch, then rows.
// What arrived whole counts, also when the stream breaks. Called by the route putBlobs.

import { createHash } from 'node:crypto'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { Breather } from '../../shared/base/breather.ts'
import { DistError } from '../../shared/base/errors.ts'
import { syncPaths } from '../../shared/files/sync-disk.ts'
import { readTar, type TarEntry } from '../../shared/files/tar-extract.ts'
import { isSha256, type Sha256 } from '../../shared/model/ids.ts'
import type { BlobStore } from './blob-store.ts'

export interface TakenBlob {
  readonly sha256: Sha256
  readonly size: number
}

export interface TakeTar {
  readonly blobs: BlobStore
  /** size that the draft declares for a content; null when it names no such content */
  readonly declared: (sha256: Sha256) => { readonly size: number; readonly stored: boolean } | null
  /** makes rows of contents that are durable now */
  readonly record: (taken: readonly TakenBlob[]) => Promise<void>
  readonly maxEntryBytes: number
  /** unique name for temporary files of this call */
  readonly mark: string
}

const batchEntries = 4000
const batchBytes = 64 << 20

/** Number of contents that are stored now because of this stream. */
export async function takeTar(source: AsyncIterable<Uint8Array>, options: TakeTar): Promise<number> {
  const batch: TakenBlob[] = []
  let bytes = 0
  let stored = 0
  const breather = new Breather()
  let flushing: Promise<void> = Promise.resolve()
  const flush = async (taken: readonly TakenBlob[]): Promise<void> => {
    if (taken.length === 0) return
    const files = taken.map(({ sha256 }) => options.blobs.pathOf(sha256))
    const shards = new Set(taken.map(({ sha256 }) => options.blobs.shardOf(sha256)))
    await syncPaths([...files, ...shards, options.blobs.folder], options.blobs.folder)
    await options.record(taken)
    stored += taken.length
  }
  try {
    await readTar(
      source,
      async (entry, body) => {
        const wanted = expected(entry, options)
        if (wanted === null) return
        await takeOne(wanted, body, options)
        batch.push(wanted)
        bytes += wanted.size
        if (batch.length >= batchEntries || bytes >= batchBytes) {
          await flushing
          bytes = 0
          // goes on while the next entries are read; awaited before the next batch and at the end
          flushing = flush(batch.splice(0))
          flushing.catch(() => undefined)
        }
        if (breather.due) await breather.breathe()
      },
      { maxEntryBytes: options.maxEntryBytes },
    )
  } finally {
    await flushing
    await flush(batch.splice(0))
  }
  return stored
}

/** What an entry must be; null when it is here already. */
function expected(entry: TarEntry, { declared }: TakeTar): TakenBlob | null {
  if (entry.kind !== 'file' || !isSha256(entry.path)) {
    throw new DistError('bad_archive', `the entry ${JSON.stringify(entry.path)} is not named by a SHA-256`)
  }
  const known = declared(entry.path)
  if (known === null) throw new DistError('bad_archive', `the draft names no content ${entry.path}`)
  if (known.size !== entry.size) {
    throw new DistError('hash_mismatch', `the content ${entry.path} was announced with ${known.size} bytes and comes with ${entry.size}`, {
      hint: 'the file changed meanwhile: add the jobset again',
    })
  }
  return known.stored ? null : { sha256: entry.path, size: entry.size }
}

async function takeOne(wanted: TakenBlob, body: AsyncIterable<Buffer>, { blobs, mark }: TakeTar): Promise<void> {
  const path = blobs.temporaryPath(`${mark}-${wanted.sha256}`)
  const hash = createHash('sha256')
  const fd = openSync(path, 'w', 0o600)
  try {
    for await (const chunk of body) {
      hash.update(chunk)
      let at = 0
      while (at < chunk.length) at += writeSync(fd, chunk, at)
    }
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(fd)
  }
  if (hash.digest('hex') === wanted.sha256) {
    blobs.adopt(path, wanted.sha256)
    return
  }
  rmSync(path, { force: true })
  throw new DistError('hash_mismatch', `the bytes sent as ${wanted.sha256} have another hash`, {
    hint: 'the file changed meanwhile: add the jobset again',
  })
}
