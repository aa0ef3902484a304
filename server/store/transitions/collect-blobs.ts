// Contents that neither a jobset nor a draft names are forgotten; their files are the caller's part, once the rows are gone.
// Run by the writer, so that a draft that names one at this moment comes before or after it, never in between.
import type { UnusedBlobs } from '../../ports/known-names.ts'
import { unusedBlobs } from '../reads/unused-blobs.ts'
import { transition } from '../transition.ts'

/** At most `limit` rows above `after` are looked at; `last` = where to go on, null at the end. */
export const collectBlobs = transition<{ readonly after: string; readonly limit: number }, UnusedBlobs>((db) => {
  const remove = db.prepare('DELETE FROM blob WHERE sha256 = ?')
  const look = unusedBlobs(db)
  return ({ after, limit }) => {
    const found = look(after, limit)
    for (const { sha256 } of found.removed) remove.run(Buffer.from(sha256, 'hex'))
    return found
  }
})
