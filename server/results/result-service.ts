// Results for the routes: one file, many as a parcel, the output of an attempt or a build.
import { DistError } from '../../shared/base/errors.ts'
import type { FileEntry, Manifest, ManifestEntry } from '../../shared/model/manifest.ts'
import type { OpenResult, ResultPlace, ResultPlaces } from '../ports/result-places.ts'
import type { Results } from '../ports/results.ts'
import { keptOutput } from './kept-output.ts'
import type { LiveLogs } from './live-logs.ts'
import { parcelOf } from './parcel-results.ts'
import { fileEntry, type ResultReader } from './result-reader.ts'
import { streamResult } from './stream-result.ts'

/** Ours has the first name when the job saved a file under the second (node.md 5). */
const outputNames = ['stdout.dist.txt', 'stdout.txt'] as const

export function resultService(places: ResultPlaces, reader: ResultReader, logs: LiveLogs): Results {
  return {
    file(attempt, path, offset) {
      const entry = places.attemptManifest(attempt).find((item) => item.path === path)
      return streamResult(
        reader.open(() => places.attempt(attempt), fileEntry(entry, path)),
        offset,
      )
    },

    parcel(wanted) {
      const attempts = new Map<string, AttemptFiles>()
      const filesOf = (id: string): AttemptFiles => {
        const known = attempts.get(id) ?? new AttemptFiles(places, reader, id)
        attempts.set(id, known)
        return known
      }
      return parcelOf(
        wanted.map(
          ({ attempt, path }) =>
            () =>
              filesOf(attempt).open(path),
        ),
      )
    },

    output(kind, id, offset) {
      const locate = () => places[kind](id)
      const place = locate()
      if (place === undefined) throw new DistError('not_found', `there is no ${kind} ${id}`)
      const kept = place.location.kind !== 'none'
      const entry = kept ? outputEntry(kind === 'attempt' ? places.attemptManifest(id) : places.buildManifest(id)) : undefined
      // an attempt may end without anything that could be kept
      if (entry === undefined) return { ...logs.read(id, offset), final: kept }
      return { ...keptOutput(reader.open(locate, entry), offset), final: true }
    },

    outputChanged: (id, ms, signal) => logs.changed(id, ms, signal),
  }
}

/** Files of one attempt for one request: its manifest, which may be megabytes, and its place are not read once a file. */
class AttemptFiles {
  readonly #places: ResultPlaces
  readonly #reader: ResultReader
  readonly #id: string
  readonly #entries: ReadonlyMap<string, ManifestEntry>
  #place: ResultPlace | undefined

  constructor(places: ResultPlaces, reader: ResultReader, id: string) {
    this.#places = places
    this.#reader = reader
    this.#id = id
    this.#entries = new Map(places.attemptManifest(id).map((entry) => [entry.path, entry]))
  }

  open(path: string): OpenResult {
    const entry = fileEntry(this.#entries.get(path), path)
    let tries = 0
    return this.#reader.open(() => {
      // what was known first, then what the row says
      if (tries++ > 0 || this.#place === undefined) this.#place = this.#places.attempt(this.#id)
      return this.#place
    }, entry)
  }
}

function outputEntry(manifest: Manifest): FileEntry | undefined {
  for (const name of outputNames) for (const entry of manifest) if (entry.kind === 'file' && entry.path === name) return entry
  return undefined
}
