// Contents for the routes: what a draft sends in, what a node or a tar takes out.
import { createReadStream } from 'node:fs'
import { DistError } from '../../shared/base/errors.ts'
import { packTar, type TarSource } from '../../shared/files/tar-pack.ts'
import type { Sha256 } from '../../shared/model/ids.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { DraftReads } from '../ports/draft-reads.ts'
import type { Store } from '../ports/store.ts'
import type { BlobStore } from './blob-store.ts'
import { takePiece } from './take-piece.ts'
import { takeTar } from './take-tar.ts'

/** Contents in one tar stream are small ones; larger ones come each by itself. */
const tarBlobBytes = 16 << 20

export function blobService(blobs: BlobStore, drafts: DraftReads, store: Store): Blobs {
  let calls = 0
  const record = async (taken: readonly { readonly sha256: Sha256; readonly size: number }[]): Promise<void> => {
    await store.run('addBlobs', { blobs: taken })
    blobs.recorded(taken)
  }

  function* sources(contents: readonly (readonly [Sha256, number])[]): Generator<TarSource> {
    for (const [sha256, size] of contents) yield { kind: 'file', path: sha256, size, mode: 0o644, file: blobs.pathOf(sha256) }
  }

  return {
    read(sha256, offset) {
      const size = blobs.sizeOf(sha256)
      if (offset > size) throw new DistError('bad_offset', `the content ${sha256} has only ${size} bytes`, { ids: { have: size } })
      return { stream: createReadStream(blobs.pathOf(sha256), { start: offset }), length: size - offset }
    },

    tar: (contents) => packTar(sources(contents.map((sha256) => [sha256, blobs.sizeOf(sha256)] as const))),

    takeTar: (draft, source) =>
      takeTar(source, {
        blobs,
        declared: (sha256) => drafts.blob(draft, sha256),
        record,
        maxEntryBytes: tarBlobBytes,
        mark: `${draft}-${++calls}`,
      }),

    async takePiece({ draft, owner, sha256, offset }, source) {
      const known = drafts.blob(draft, sha256)
      if (known === null) throw new DistError('not_found', `the draft names no content ${sha256}`)
      if (known.stored) return { have: known.size, whole: true }
      const taken = await takePiece(source, { blobs, owner, sha256, size: known.size, offset })
      if (taken.whole) await record([{ sha256, size: known.size }])
      return taken
    },

    piecesOf: (owner) => blobs.partialsOf(owner),
  }
}
