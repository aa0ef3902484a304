// Result files as a parcel (shared/files/parcel.ts), read as the client takes it. Called by the route fetchFiles.
// Made for thousands of small files: each is read straight into the chunk that leaves.
import { closeSync, readSync } from 'node:fs'
import { Readable } from 'node:stream'
import { DistError, errorMessage, systemCode } from '../../shared/base/errors.ts'
import { type FrameKind, parcelHead, writeHead } from '../../shared/files/parcel.ts'
import type { OpenResult } from '../ports/result-places.ts'

/** Frames are gathered up to this before they go to the socket: 64 files of 4 KiB, 2 ms of work between two turns. */
const chunkBytes = 1 << 18
/** a client with a slow line must not hold more of them */
const ahead = 1 << 20
/** of this file alone; anything else is the head's trouble, and the client asks again */
const diskTrouble: ReadonlySet<string> = new Set(['EIO', 'EACCES', 'ENAMETOOLONG'])
/** of a message to the client */
const mostText = 1000

/** One frame a file, in order; a file that cannot be read has its problem in its place and does not stop the others. */
export function parcelOf(wanted: readonly (() => OpenResult)[]): Readable {
  return Readable.from(frames(wanted), { objectMode: false, highWaterMark: ahead })
}

async function* frames(wanted: readonly (() => OpenResult)[]): AsyncGenerator<Buffer> {
  let chunk = Buffer.allocUnsafe(chunkBytes)
  let at = 0
  function* makeRoom(bytes: number): Generator<Buffer> {
    if (at + bytes <= chunk.length) return
    if (at > 0) yield chunk.subarray(0, at)
    chunk = Buffer.allocUnsafe(chunkBytes)
    at = 0
  }
  const put = (index: number, kind: FrameKind, body: Buffer): void => {
    writeHead(chunk, at, { index, kind, length: body.length })
    at += parcelHead + body.copy(chunk, at + parcelHead)
  }
  for (const [index, open] of wanted.entries()) {
    const opened = tryOpen(open)
    if ('problem' in opened) {
      yield* makeRoom(parcelHead + opened.problem.length)
      put(index, 'problem', opened.problem)
      continue
    }
    try {
      const { fd, start, size } = opened
      yield* makeRoom(parcelHead + Math.min(size, chunkBytes - parcelHead))
      writeHead(chunk, at, { index, kind: 'file', length: size })
      at += parcelHead
      for (let done = 0; done < size; ) {
        const piece = Math.min(size - done, chunk.length - at)
        const read = readUpTo(fd, chunk, at, piece, start + done)
        // somebody cut it just now: its length is promised already, and its hash will tell
        chunk.fill(0, at + read, at + piece)
        at += piece
        done += piece
        if (done < size) yield* makeRoom(1)
      }
    } finally {
      closeSync(opened.fd)
    }
  }
  yield* makeRoom(parcelHead)
  put(wanted.length, 'end', Buffer.alloc(0))
  yield chunk.subarray(0, at)
}

/** The open file, or the body of a problem frame. */
function tryOpen(open: () => OpenResult): OpenResult | { readonly problem: Buffer } {
  try {
    return open()
  } catch (error) {
    const code = error instanceof DistError ? error.code : diskTrouble.has(systemCode(error) ?? '') ? 'hash_mismatch' : null
    if (code === null) throw error
    return { problem: Buffer.from(JSON.stringify({ code, message: errorMessage(error).slice(0, mostText) })) }
  }
}

function readUpTo(fd: number, into: Buffer, at: number, length: number, position: number): number {
  let done = 0
  while (done < length) {
    const got = readSync(fd, into, at + done, length - done, position + done)
    if (got === 0) break
    done += got
  }
  return done
}
