// Reads a tar stream entry by entry and refuses what has no business in it. Callers: the head (blobs and results
// that come in), the agent and `dist pull` (what they fetched). Writing to disk is the caller's part, through
// openings that do not follow links: an earlier entry may have been one.
import { extract } from 'tar-stream'
import { DistError, errorMessage } from '../base/errors.ts'
import { linkStaysInside, safeSegments } from './safe-path.ts'

/** `path` went through safeSegments; a link's target stays inside the tree. */
export type TarEntry =
  | { readonly kind: 'file'; readonly path: string; readonly size: number; readonly mode: number }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }

export interface TarLimits {
  readonly maxEntries?: number
  readonly maxEntryBytes?: number
}

type Extract = ReturnType<typeof extract>
type OnEntry = (entry: TarEntry, body: AsyncIterable<Buffer>) => Promise<void>

const blockSize = 512

/**
 * Calls `onEntry` for each entry, one after the other; bytes are read as fast as it takes them, what it leaves is skipped.
 * Refuses (`bad_archive`, `bad_path`, `too_large`) hard links, devices, links and paths that lead out, and an archive
 * without its end. On failure the source is neither read on nor destroyed: that is for its owner.
 */
export async function readTar(source: AsyncIterable<Uint8Array>, onEntry: OnEntry, limits: TarLimits = {}): Promise<void> {
  const tar = extract()
  let failure: unknown
  const feeding = feed(source, tar).catch((error: unknown) => {
    failure ??= error
    tar.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  let count = 0
  try {
    for await (const item of tar) {
      try {
        count++
        if (count > (limits.maxEntries ?? Infinity))
          throw new DistError('too_large', `the archive has more than ${limits.maxEntries} entries`)
        await onEntry(checked(item.header, limits.maxEntryBytes ?? Infinity), item as AsyncIterable<Buffer>)
        item.resume()
      } catch (error) {
        failure ??= error
        throw error
      }
    }
  } catch (error) {
    throw failure === undefined ? new DistError('bad_archive', `not a tar archive: ${errorMessage(error)}`, { cause: error }) : failure
  }
  await feeding
  if (failure !== undefined) throw failure
}

/** Copies the source into the parser; at the end checks that the archive was whole. */
async function feed(source: AsyncIterable<Uint8Array>, tar: Extract): Promise<void> {
  // by hand, not `for await`: leaving that would destroy the source, and with it the socket of an answer
  const chunks = source[Symbol.asyncIterator]()
  let size = 0
  let zeros = 0
  for (;;) {
    const next = await chunks.next()
    if (tar.destroyed) return
    if (next.done === true) break
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    if (chunk.length === 0) continue
    size += chunk.length
    const tail = trailingZeros(chunk)
    zeros = tail === chunk.length ? zeros + tail : tail
    if (!tar.write(chunk)) await drained(tar)
    if (tar.destroyed) return
  }
  // tar-stream notices a cut inside an entry, not one between two
  if (size % blockSize !== 0 || zeros < 2 * blockSize) {
    throw new DistError('bad_archive', `the archive is cut off after ${size} bytes`, { hint: 'send it again' })
  }
  tar.end(null)
}

function trailingZeros(chunk: Buffer): number {
  const enough = Math.min(chunk.length, 2 * blockSize)
  let count = 0
  while (count < enough && chunk[chunk.length - 1 - count] === 0) count++
  return count < enough ? count : chunk.length
}

function drained(tar: Extract): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      tar.off('drain', done)
      tar.off('close', done)
      resolve()
    }
    tar.on('drain', done)
    tar.on('close', done)
  })
}

interface Header {
  readonly name: string
  readonly type?: string | null | undefined
  readonly size?: number | undefined
  readonly mode?: number | undefined
  readonly linkname?: string | null | undefined
}

function checked(header: Header, maxBytes: number): TarEntry {
  const size = header.size ?? 0
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      if (size > maxBytes) throw new DistError('too_large', `${shown(header.name)} has ${size} bytes, at most ${maxBytes} are taken here`)
      return { kind: 'file', path: safeSegments(header.name).join('/'), size, mode: (header.mode ?? 0o644) & 0o777 }
    case 'directory':
      return { kind: 'folder', path: safeSegments(header.name.replace(/\/$/, '')).join('/') }
    case 'symlink': {
      const path = safeSegments(header.name).join('/')
      const target = header.linkname ?? ''
      if (!linkStaysInside(path, target)) throw new DistError('bad_archive', `the link ${shown(path)} leads out, to ${shown(target)}`)
      return { kind: 'link', path, target }
    }
    default:
      throw new DistError(
        'bad_archive',
        `${shown(header.name)} is a ${header.type ?? 'thing of an unknown kind'}: only files, folders and links are taken`,
      )
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
}
