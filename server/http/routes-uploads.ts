// Routes by which the contents of a draft come in: small ones in one tar stream, large ones each, resumable.
import { DistError } from '../../shared/base/errors.ts'
import { takePiece } from '../blobs/take-piece.ts'
import { takeTar } from '../blobs/take-tar.ts'
import { draftReads } from '../store/reads/drafts.ts'
import type { Handlers, HttpContext } from './deps.ts'
import { tarBlobBytes } from './limits.ts'
import { readBody } from './read-body.ts'
import { findDraft } from './routes-drafts.ts'

export function uploadHandlers(context: HttpContext): Handlers<'putBlobs' | 'putBlob'> {
  const { store, blobs, turns, random } = context
  const drafts = draftReads(context.reads)
  return {
    async putBlobs({ params: { draft }, caller, stream, signal }) {
      findDraft(drafts.find(draft), draft, caller)
      const stored = await takeTar(readBody(stream, signal), {
        blobs,
        declared: (sha256) => drafts.blob(draft, sha256),
        record: (taken) => store.run('addBlobs', { blobs: taken }),
        maxEntryBytes: tarBlobBytes,
        mark: random(8).toString('hex'),
      })
      return { stored }
    },

    putBlob({ params: { draft, sha256 }, query: { offset }, caller, stream, signal }) {
      findDraft(drafts.find(draft), draft, caller)
      return turns.take(`blob ${draft} ${sha256}`, signal, async (mine) => {
        const known = drafts.blob(draft, sha256)
        if (known === null) throw new DistError('not_found', `the draft names no content ${sha256}`)
        if (known.stored) return { have: known.size, whole: true }
        const taken = await takePiece(readBody(stream, mine), { blobs, draft, sha256, size: known.size, offset })
        if (taken.whole) await store.run('addBlobs', { blobs: [{ sha256, size: known.size }] })
        return taken
      })
    },
  }
}
