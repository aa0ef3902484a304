// Routes by which a node gets the inputs of its work. A node sees only contents of jobsets it was given work of.
import { createReadStream } from 'node:fs'
import { DistError } from '../../shared/base/errors.ts'
import { packTar, type TarSource } from '../../shared/files/tar-pack.ts'
import type { JobsetId, Sha256 } from '../../shared/model/ids.ts'
import { inputReads } from '../store/reads/inputs.ts'
import type { Handlers, HttpContext } from './deps.ts'

export function blobHandlers({ reads, blobs }: HttpContext): Handlers<'blob' | 'fetchBlobs'> {
  const inputs = inputReads(reads)

  function assertMayRead(jobsets: readonly JobsetId[], sha256: Sha256): void {
    if (jobsets.some((jobset) => inputs.isInput(jobset, sha256))) return
    throw new DistError('not_found', `no work of this node needs the content ${sha256}`, {
      hint: 'its jobset may be finished or cancelled meanwhile: drop the work that asked for it',
    })
  }

  function* sources(wanted: readonly (readonly [Sha256, number])[]): Generator<TarSource> {
    for (const [sha256, size] of wanted) yield { kind: 'file', path: sha256, size, mode: 0o644, file: blobs.pathOf(sha256) }
  }

  return {
    blob({ params: { sha256 }, query: { offset }, caller }) {
      assertMayRead(inputs.jobsetsOf(caller.id), sha256)
      const size = blobs.sizeOf(sha256)
      if (offset > size) throw new DistError('bad_offset', `the content ${sha256} has only ${size} bytes`, { ids: { have: size } })
      return { stream: createReadStream(blobs.pathOf(sha256), { start: offset }), length: size - offset }
    },

    fetchBlobs({ body, caller }) {
      const jobsets = inputs.jobsetsOf(caller.id)
      const wanted = body.blobs.map((text) => {
        const sha256 = text as Sha256
        assertMayRead(jobsets, sha256)
        return [sha256, blobs.sizeOf(sha256)] as const
      })
      return { stream: packTar(sources(wanted)) }
    },
  }
}
