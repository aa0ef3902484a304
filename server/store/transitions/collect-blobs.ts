// Contents that nothing names are forgotten; their files are the caller's part, once the rows are gone. Whoever looked did it
// a moment ago, so what may have come since is looked at again: drafts, and jobsets that were not there then. A jobset never
// gets further contents. Run by the writer, so a draft that names one comes before or after, never in between.
import type { Sha256 } from '../../../shared/model/ids.ts'
import { transition } from '../transition.ts'

/** Answers those that went. `above`: the newest jobset that was looked at. */
export const collectBlobs = transition<{ readonly blobs: readonly Sha256[]; readonly above: number }, Sha256[]>((db) => {
  const jobsets = db.prepare<[number], Buffer>('SELECT sha256 FROM jobset_blob WHERE jobset > ?').pluck()
  const drafts = db.prepare<[], Buffer>('SELECT sha256 FROM draft_blob').pluck()
  const remove = db.prepare('DELETE FROM blob WHERE sha256 = ?')
  return ({ blobs, above }) => {
    const named = new Set([...jobsets.all(above), ...drafts.all()].map((sha256) => sha256.toString('hex')))
    return blobs.filter((sha256) => !named.has(sha256) && remove.run(Buffer.from(sha256, 'hex')).changes === 1)
  }
})
