// Results for the routes: one file, many as a tar, the output of an attempt or a build.
import { closeSync } from 'node:fs'
import { Breather } from '../../shared/base/breather.ts'
import { DistError } from '../../shared/base/errors.ts'
import { packTar } from '../../shared/files/tar-pack.ts'
import type { FileEntry, Manifest, ManifestEntry } from '../../shared/model/manifest.ts'
import type { ResultPlaces } from '../ports/result-places.ts'
import type { Results } from '../ports/results.ts'
import { keptOutput } from './kept-output.ts'
import type { LiveLogs } from './live-logs.ts'
import { fileEntry, type ResultReader } from './result-reader.ts'
import { streamResult } from './stream-result.ts'
import { tarResults, type WantedFile } from './tar-results.ts'

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

    async tar(wanted) {
      // A manifest may be megabytes: parsed once an attempt, not once a file.
      const manifests = new Map<string, ReadonlyMap<string, ManifestEntry>>()
      const breather = new Breather()
      const files: WantedFile[] = []
      for (const { attempt, path, name } of wanted) {
        const entries = manifests.get(attempt) ?? byPath(places.attemptManifest(attempt))
        manifests.set(attempt, entries)
        const entry = fileEntry(entries.get(path), path)
        const open = () => reader.open(() => places.attempt(attempt), entry)
        closeSync(open().fd)
        files.push({ path: name, mode: entry.mode, open })
        if (breather.due) await breather.breathe()
      }
      return packTar(tarResults(files))
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

function byPath(manifest: Manifest): ReadonlyMap<string, ManifestEntry> {
  return new Map(manifest.map((entry) => [entry.path, entry]))
}

function outputEntry(manifest: Manifest): FileEntry | undefined {
  for (const name of outputNames) for (const entry of manifest) if (entry.kind === 'file' && entry.path === name) return entry
  return undefined
}
