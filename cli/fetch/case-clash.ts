// Names that differ in upper and lower case only: on a disk that does not tell them apart (of a Mac, of Windows, a memory
// stick) one would overwrite the other. Used by pull-jobset.ts.
import { DistError } from '../../shared/base/errors.ts'
import type { Wanted } from './checked-manifest.ts'

/** Throws `bad_path` when two items of a job are one on such a disk. */
export function refuseCaseClash(items: readonly Wanted[]): void {
  const seen = new Map<string, string>()
  for (const { path } of items) {
    // a folder need not be an item of its own
    for (let part = path; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('/')))) {
      const folded = part.normalize('NFC').toLowerCase()
      const other = seen.get(folded)
      if (other === part) break
      if (other !== undefined) {
        throw new DistError('bad_path', `${JSON.stringify(other)} and ${JSON.stringify(part)} are one name on this disk`, {
          hint: 'save to a disk that tells upper and lower case apart (--save-dir), or leave one of them out with --exclude',
        })
      }
      seen.set(folded, part)
    }
  }
}
