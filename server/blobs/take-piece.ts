// One large content that may come in pieces: appended from `offset` on, hashed when whole. Called by the route putBlob.
import { createHash } from 'node:crypto'
import { closeSync, createReadStream, fsyncSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs'
import { DistError } from '../../shared/base/errors.ts'
import { syncFolder } from '../../shared/files/atomic.ts'
import type { Sha256 } from '../../shared/model/ids.ts'
import type { BlobStore } from './blob-store.ts'

export interface TakePiece {
  readonly blobs: BlobStore
  readonly owner: string
  readonly sha256: Sha256
  /** bytes that the draft declares; an upload is cut off there */
  readonly size: number
  readonly offset: number
}

/** How much is here now. `whole`: it is hashed, in its place and durable; its row is the caller's part. */
export async function takePiece(source: AsyncIterable<Buffer>, piece: TakePiece): Promise<{ have: number; whole: boolean }> {
  const { blobs, owner, sha256, size, offset } = piece
  const have = blobs.partialSize(owner, sha256)
  if (offset > have) {
    throw new DistError('bad_offset', `${have} bytes of ${sha256} are here, cannot go on at ${offset}`, {
      hint: `go on at ${have}`,
      ids: { have },
    })
  }
  const path = blobs.partialPath(owner, sha256)
  // Hashed while it is written when that began at 0, else read again at the end.
  const hash = offset === 0 ? createHash('sha256') : null
  const fd = openSync(path, offset === 0 ? 'w' : 'r+', 0o600)
  let at = offset
  try {
    ftruncateSync(fd, offset)
    for await (const chunk of source) {
      if (at + chunk.length > size) {
        ftruncateSync(fd, 0)
        throw new DistError('too_large', `more than the announced ${size} bytes came for ${sha256}`, {
          hint: 'the file grew meanwhile: add the jobset again',
        })
      }
      hash?.update(chunk)
      let written = 0
      while (written < chunk.length) written += writeSync(fd, chunk, written, chunk.length - written, at + written)
      at += chunk.length
    }
    if (at < size) return { have: at, whole: false }
    const found = hash === null ? await rehash(path) : hash.digest('hex')
    if (found !== sha256) {
      rmSync(path, { force: true })
      throw new DistError('hash_mismatch', `the ${size} bytes sent as ${sha256} have another hash`, {
        hint: 'the file changed meanwhile: add the jobset again',
      })
    }
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  blobs.adopt(path, sha256)
  syncFolder(blobs.shardOf(sha256))
  syncFolder(blobs.folder)
  return { have: size, whole: true }
}

async function rehash(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}
