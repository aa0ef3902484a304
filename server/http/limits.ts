// How much a request may bring, before anything is allocated for it.
import type { RouteName } from './deps.ts'

const mebibyte = 1 << 20

export const headerBytes = 16 * 1024
const defaultBody = mebibyte

/** JSON bodies that may be larger than 1 MiB. */
const bodies: Partial<Record<RouteName, number>> = {
  enroll: 8 * 1024,
  // the file as it was written may have 256 MiB
  createDraft: 320 * mebibyte,
  putManifest: 64 * mebibyte,
  kill: 16 * mebibyte,
  fetchFiles: 64 * mebibyte,
}

export function bodyLimit(route: RouteName): number {
  return bodies[route] ?? defaultBody
}

/** A client that neither sends nor takes a byte for this long is gone. Longer than every wait of ours. */
export const idleMs = 120_000

/** Rest of a refused upload that is still read so that the client sees why; after that the connection is cut. */
export const leftover = { bytes: 16 * mebibyte, ms: 5000 } as const

export const jobLines = { lineBytes: 32 * mebibyte, totalBytes: 4096 * mebibyte } as const

export const logChunkBytes = mebibyte
