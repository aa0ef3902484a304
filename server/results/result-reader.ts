// Opens files of committed (or kept) results wherever they are at this moment: in a pack, on their way in, or in their
// plain folder. Placement moves them behind our back, so a file that is not there is looked for again by its row.
import { closeSync, constants, fstatSync, openSync, readlinkSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { DistError, systemCode } from '../../shared/base/errors.ts'
import { safeSegments } from '../../shared/files/safe-path.ts'
import type { FileEntry, ManifestEntry } from '../../shared/model/manifest.ts'
import type { OpenPacked, OpenResult, ResultPlace } from '../ports/result-places.ts'

const tries = 5
const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

export class ResultReader {
  readonly #results: string
  readonly #packed: OpenPacked

  /** `results` = the data folder's results/, which must exist. */
  constructor(results: string, packed: OpenPacked) {
    this.#results = realpathSync(results)
    this.#packed = packed
  }

  /**
   * Opens a file of a result's manifest. `locate` reads the row; it is asked again when placement overtook us.
   * `not_found` when it is gone, `hash_mismatch` when what lies in the folder is not what was committed.
   */
  open(locate: () => ResultPlace | undefined, entry: FileEntry): OpenResult {
    for (let n = 0; n < tries; n++) {
      const place = locate()
      const open = place === undefined ? null : this.#openAt(place, entry)
      if (open !== null) return open
    }
    throw new DistError('not_found', `${JSON.stringify(entry.path)} is no longer where the head put it`, {
      hint: 'result folders can be edited by people: was it removed or renamed? Otherwise restore it from a backup',
    })
  }

  #openAt(place: ResultPlace, entry: FileEntry): OpenResult | null {
    switch (place.location.kind) {
      case 'none':
        throw new DistError('not_found', 'nothing of this attempt was kept')
      case 'removed':
        throw new DistError('not_found', 'this result was removed: the head keeps results for a limited time', {
          hint: '`retention` in head.yaml says how long; run the job again under another batch_name',
        })
      case 'pack':
        return this.#packed(place.id, place.location, entry.path)
      case 'incoming':
        // renamed already when the row is a moment behind
        return this.#openPlain(join('.incoming', place.id, entry.path), entry) ?? this.#openPlaced(place, entry)
      case 'folder':
        return this.#openPlaced(place, entry)
    }
  }

  #openPlaced(place: ResultPlace, entry: FileEntry): OpenResult | null {
    return this.#openPlain(place.outside.get(entry.path) ?? `${place.folder}/${entry.path}`, entry)
  }

  #openPlain(path: string, entry: FileEntry): OpenResult | null {
    safeSegments(path)
    let fd: number
    try {
      fd = openSync(join(this.#results, path), readFlags)
    } catch (error) {
      const code = systemCode(error)
      if (code === 'ENOENT' || code === 'ENOTDIR') return null
      if (code === 'ELOOP') throw edited(entry, 'a link')
      throw error
    }
    const stats = fstatSync(fd)
    // A folder on the way may have become a link to somewhere else.
    const inside = readlinkSync(`/proc/self/fd/${fd}`).startsWith(this.#results + sep)
    if (stats.isFile() && stats.size === entry.size && inside) return { fd, start: 0, size: entry.size }
    closeSync(fd)
    throw edited(entry, !inside ? 'a file outside' : stats.isFile() ? `${stats.size} bytes long` : 'no plain file')
  }
}

/** The file of that path; `not_found` when the manifest has none. */
export function fileEntry(entry: ManifestEntry | undefined, path: string): FileEntry {
  if (entry === undefined) throw new DistError('not_found', `the result has no ${JSON.stringify(path)}`)
  if (entry.kind !== 'file') throw new DistError('not_found', `${JSON.stringify(path)} is a ${entry.kind}, not a file`)
  return entry
}

function edited(entry: FileEntry, now: string): DistError {
  return new DistError(
    'hash_mismatch',
    `${JSON.stringify(entry.path)} in the head's result folder is not what was committed: it had ${entry.size} bytes, it is ${now} now`,
    { hint: 'someone edited the result folder; restore the file there, or fetch it from the folder by hand' },
  )
}
