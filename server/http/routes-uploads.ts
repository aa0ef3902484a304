// Routes by which the contents of a draft come in: small ones in one tar stream, large ones each, resumable.
import type { Handlers, HttpContext } from './deps.ts'
import { readBody } from './read-body.ts'
import { findDraft } from './routes-drafts.ts'

export function uploadHandlers({ reads, blobs, turns, space }: HttpContext): Handlers<'putBlobs' | 'putBlob'> {
  return {
    async putBlobs({ params: { draft }, caller, stream, signal }) {
      findDraft(reads.drafts, draft, caller)
      return { stored: await blobs.takeTar(draft, readBody(stream, space, signal)) }
    },

    putBlob({ params: { draft, sha256 }, query: { offset }, caller, stream, signal }) {
      const { owner } = findDraft(reads.drafts, draft, caller)
      // by owner: a second `dist add` goes on with what the first one sent
      return turns.take(`blob ${owner} ${sha256}`, signal, (mine) =>
        blobs.takePiece({ draft, owner, sha256, offset }, readBody(stream, space, mine)),
      )
    },
  }
}
