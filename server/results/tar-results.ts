// Result files as sources of a tar, opened one after the other as the reader takes them. Called by the route fetchFiles.
import { closeSync, readSync } from 'node:fs'
import { DistError } from '../../shared/base/errors.ts'
import type { TarSource } from '../../shared/files/tar-pack.ts'
import type { OpenResult } from '../ports/result-places.ts'

export interface WantedFile {
  /** name in the tar */
  readonly path: string
  readonly mode: number
  readonly open: () => OpenResult
}

/** Up to here a file is read at once; above, the tar streams it. */
const wholeBytes = 1 << 20

export function* tarResults(wanted: Iterable<WantedFile>): Generator<TarSource> {
  for (const { path, mode, open } of wanted) {
    const opened = open()
    try {
      const { size } = opened
      if (size <= wholeBytes || opened.start > 0) yield { kind: 'file', path, size, mode, data: readWhole(opened, path) }
      // by descriptor, so that placement may rename it while it is sent
      else yield { kind: 'file', path, size, mode, file: `/proc/self/fd/${opened.fd}` }
    } finally {
      closeSync(opened.fd)
    }
  }
}

function readWhole({ fd, start, size }: OpenResult, path: string): Buffer {
  const data = Buffer.allocUnsafe(size)
  let at = 0
  while (at < size) {
    const got = readSync(fd, data, at, size - at, start + at)
    if (got === 0) throw new DistError('hash_mismatch', `${path} was cut while it was sent`, { hint: 'someone edits the result folder' })
    at += got
  }
  return data
}
