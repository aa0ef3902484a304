// Routes by which a node gets the inputs of its work. A node sees only contents of jobsets it was given work of.
import { DistError } from '../../shared/base/errors.ts'
import type { JobsetId, Sha256 } from '../../shared/model/ids.ts'
import type { Handlers, HttpContext } from './deps.ts'

export function blobHandlers({ reads: { inputs }, blobs }: HttpContext): Handlers<'blob' | 'fetchBlobs'> {
  function assertMayRead(jobsets: readonly JobsetId[], sha256: Sha256): void {
    if (jobsets.some((jobset) => inputs.isInput(jobset, sha256))) return
    throw new DistError('not_found', `no work of this node needs the content ${sha256}`, {
      hint: 'its jobset may be finished or cancelled meanwhile: drop the work that asked for it',
    })
  }

  return {
    blob({ params: { sha256 }, query: { offset }, caller }) {
      assertMayRead(inputs.jobsetsOf(caller.id), sha256)
      return blobs.read(sha256, offset)
    },

    fetchBlobs({ body, caller }) {
      const jobsets = inputs.jobsetsOf(caller.id)
      const wanted = body.blobs.map((text) => text as Sha256)
      for (const sha256 of wanted) assertMayRead(jobsets, sha256)
      return { stream: blobs.tar(wanted) }
    },
  }
}
